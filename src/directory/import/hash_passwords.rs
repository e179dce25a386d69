//! The passwords that people thought of, hashed on all cores before anybody is kept waiting.

use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use super::plan::{ExpectedUser, ImportPlan};
use super::{ImportObserver, ImportOptions, ImportPhase, begin, each_batch, reader, threads};
use crate::directory::passwords::hash::{self, StoredHash};
use crate::directory::passwords::password::Password;
use crate::directory::{Directory, Error, HashError, HashMemory, HashParams};

/// The number of a row, counted from 0 among the rows of the file, and its password's hash.
pub(super) type RowHash = (usize, StoredHash);

struct HashJob {
    row: usize,
    password: Password,
    salt: [u8; 16],
}

type HashResult = (usize, Result<StoredHash, HashError>);

impl Directory {
    /// Hashes the passwords of those who are to be created, in the order of their rows.
    pub(super) fn hash_typed<R: Read + Send>(
        &self,
        input: reader::RosterInput<'_, R>,
        options: &ImportOptions,
        plan: &ImportPlan,
        observer: &mut dyn ImportObserver,
    ) -> Result<Vec<RowHash>, Error> {
        let params = self.policy.hash;
        let rows = begin(input, options, observer)?;
        let mut hashed: Vec<RowHash> = Vec::new();
        let (jobs, queue) = sync_channel::<HashJob>(threads() * 2);
        let queue = Mutex::new(queue);
        let queue = &queue;
        let digest = thread::scope(|scope| {
            let (answers, results) = channel::<HashResult>();
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
            let read = each_batch(rows, observer, |observer, batch, _| {
                for next in batch {
                    let reader::ParsedRow::Row(read) = next else { return Err(stale()) };
                    let expected = plan.rows.get(row).ok_or_else(stale)?;
                    if let (ExpectedUser::Absent, Some(typed)) = (expected, &read.password) {
                        let password = Password::normalize(typed)?;
                        let job = HashJob { row, password, salt: self.fill_random()? };
                        queue_job(&jobs, job)?;
                        for answer in results.try_iter() {
                            hashed.push(settled(answer)?);
                        }
                        observer.progress(
                            ImportPhase::Hashing,
                            hashed.len() as u64,
                            Some(plan.typed),
                        );
                        if observer.should_stop() {
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
                observer.progress(ImportPhase::Hashing, hashed.len() as u64, Some(plan.typed));
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

fn queue_job(jobs: &SyncSender<HashJob>, job: HashJob) -> Result<(), Error> {
    jobs.send(job).map_err(|_| Error::Stopped)
}

fn take(queue: &Mutex<Receiver<HashJob>>) -> Option<HashJob> {
    queue.lock().ok()?.recv().ok()
}

fn hash(job: &HashJob, params: &HashParams, memory: &mut HashMemory) -> HashResult {
    (job.row, hash::hash_typed(&job.password, params, job.salt, memory))
}

fn settled((row, result): HashResult) -> Result<RowHash, Error> {
    Ok((row, result?))
}
