//! The passwords that people thought of, hashed on all cores before anybody is kept waiting.

use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::plan::{Expected, Plan};
use super::{ImportOptions, ImportWatch, Phase, begin, each_batch, file, threads};
use crate::directory::password::Password;
use crate::directory::password_hash::{self, StoredHash};
use crate::directory::{Directory, Error, HashError, HashMemory, HashParams};

/// The number of a row, counted from 0 among the rows of the file, and its password's hash.
pub(super) type Hashed = (usize, StoredHash);

struct Job {
    row: usize,
    password: Password,
    salt: [u8; 16],
}

type Answer = (usize, Result<StoredHash, HashError>);

impl Directory {
    /// Hashes the passwords of those who are to be created, in the order of their rows.
    pub(super) fn hash_typed<R: Read + Send>(
        &self,
        input: R,
        options: &ImportOptions,
        plan: &Plan,
        watch: &mut dyn ImportWatch,
    ) -> Result<Vec<Hashed>, Error> {
        let params = self.policy.hash;
        let rows = begin(input, options, watch)?;
        let mut hashed: Vec<Hashed> = Vec::new();
        let (jobs, queue) = sync_channel::<Job>(threads() * 2);
        let queue = Mutex::new(queue);
        let queue = &queue;
        let digest = thread::scope(|scope| {
            let (answers, results) = channel::<Answer>();
            // Owned in here, so that the threads end however this does.
            let jobs = jobs;
            for _ in 0..threads() {
                let answers = answers.clone();
                scope.spawn(move || {
                    let mut memory = HashMemory::new();
                    while let Some(job) = take(queue) {
                        if answers.send(hash(&job, &params, &mut memory)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(answers);
            let mut row = 0;
            let read = each_batch(rows, watch, |watch, batch| {
                for next in batch {
                    let file::Next::Row(read) = next else { return Err(stale()) };
                    let expected = plan.rows.get(row).ok_or_else(stale)?;
                    if let (Expected::Absent, Some(typed)) = (expected, &read.password) {
                        let password = Password::normalize(typed)?;
                        let job = Job { row, password, salt: self.fill_random()? };
                        hand_on(&jobs, job)?;
                        for answer in results.try_iter() {
                            hashed.push(settled(answer)?);
                        }
                        watch.progress(Phase::Hashing, hashed.len() as u64, Some(plan.typed));
                        if watch.should_stop() {
                            return Err(Error::Stopped);
                        }
                    }
                    row += 1;
                }
                Ok(())
            });
            drop(jobs);
            let digest = read?;
            for answer in results {
                hashed.push(settled(answer)?);
                watch.progress(Phase::Hashing, hashed.len() as u64, Some(plan.typed));
            }
            Ok::<_, Error>(digest)
        })?;
        if digest != plan.digest {
            return Err(stale());
        }
        hashed.sort_unstable_by_key(|(row, _)| *row);
        Ok(hashed)
    }
}

/// The file is not what it was.
pub(super) fn stale() -> Error {
    Error::PlanStale { what: "the file".to_owned() }
}

fn hand_on(jobs: &SyncSender<Job>, job: Job) -> Result<(), Error> {
    jobs.send(job).map_err(|_| Error::Stopped)
}

fn take(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    queue.lock().ok()?.recv().ok()
}

fn hash(job: &Job, params: &HashParams, memory: &mut HashMemory) -> Answer {
    (job.row, password_hash::hash_typed(&job.password, params, job.salt, memory))
}

fn settled((row, result): Answer) -> Result<Hashed, Error> {
    Ok((row, result?))
}
