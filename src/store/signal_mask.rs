//! Signals wait while a transaction that writes is open: a process that is stopped in it would keep
//! all other writers waiting, and one that dies in it would leave its work to be cleaned up.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

/// The signals that wait. The others are either harmless here or cannot be held back.
const BLOCKED_SIGNALS: [Signal; 6] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGTSTP,
    Signal::SIGTTOU,
];

/// Those of them that stop a process rather than end it.
const STOP_SIGNALS: [Signal; 2] = [Signal::SIGTSTP, Signal::SIGTTOU];

/// Holds signals back from this thread until it is dropped; what came meanwhile comes then.
pub(super) struct SignalBlock {
    before: Option<SigSet>,
}

impl SignalBlock {
    pub(super) fn all_signals() -> Self {
        Self::block(&BLOCKED_SIGNALS)
    }

    /// Holds back what would stop the process, and nothing else.
    pub(super) fn stop_signals() -> Self {
        Self::block(&STOP_SIGNALS)
    }

    fn block(signals: &[Signal]) -> Self {
        let held: SigSet = signals.iter().copied().collect();
        // Where the mask cannot be set nothing is lost but patience.
        Self { before: held.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok() }
    }
}

impl Drop for SignalBlock {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = before.thread_set_mask();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Timestamp;
    use crate::store::Store;

    use super::*;

    fn is_blocked() -> bool {
        SigSet::thread_get_mask().unwrap().contains(Signal::SIGTSTP)
    }

    /// R35.
    #[test]
    fn signals_wait_while_a_transaction_is_open_and_no_longer() {
        let store = Store::in_memory(Timestamp::from_seconds(0)).unwrap();
        assert!(!is_blocked());
        drop(store.read().unwrap());
        assert!(!is_blocked());
        let transaction = store.write().unwrap();
        assert!(is_blocked());
        drop(transaction);
        assert!(!is_blocked());
        store.write().unwrap().commit_bookkeeping().unwrap();
        assert!(!is_blocked());
    }
}
