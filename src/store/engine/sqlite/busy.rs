//! Waiting for another connection that writes.

use std::time::{Duration, Instant};

/// The busy handler: sleeps and tries again while another connection writes. The longer it has
/// waited, the shorter it sleeps, so that the oldest waiter is likely to be next.
pub(super) fn busy_handler(busy_timeout: Duration) -> impl FnMut(i32) -> bool + Send + 'static {
    let mut since = Instant::now();
    move |count| {
        if count == 0 {
            since = Instant::now();
        }
        let waited = since.elapsed();
        if waited >= busy_timeout {
            return false;
        }
        std::thread::sleep(backoff(count, waited));
        true
    }
}

fn backoff(count: i32, waited: Duration) -> Duration {
    let micros: u64 = match count {
        0 => 1_000,
        1 => 2_000,
        // Recent waiters sleep longer: they leave the processor to the writer and the turn to the
        // older ones.
        _ => match waited.as_millis() {
            0..100 => 16_000,
            100..200 => 10_000,
            200..300 => 6_000,
            300..500 => 2_000,
            _ => 500,
        },
    };
    // Any number that differs from process to process spreads the waiters.
    let jitter = u64::from(waited.subsec_nanos() ^ std::process::id().rotate_left(7)) % micros;
    Duration::from_micros(micros / 2 + jitter)
}
