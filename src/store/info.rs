//! The figures that `store info` shows.

use std::path::PathBuf;

use super::{Retirement, Store, StoreError};
use crate::model::Timestamp;

/// What `store info` shows of a store.
#[derive(Debug, Clone)]
pub struct StoreInfo {
    /// Where it is.
    pub path: PathBuf,
    /// Its own number, by which sessions know it.
    pub store_id: String,
    /// The version of its schema.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many users there are.
    pub users: i64,
    /// How many projects there are.
    pub projects: i64,
    /// How many teams there are.
    pub teams: i64,
    /// How many skills there are.
    pub skills: i64,
    /// How many entries the audit log has.
    pub audit_entries: i64,
    /// Where it has moved to, where it has.
    pub retirement: Option<Retirement>,
}

impl Store {
    /// What `store info` shows.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where it cannot be read.
    pub fn info(&self) -> Result<StoreInfo, StoreError> {
        let snapshot = self.read()?;
        let engine = snapshot.engine;
        let count =
            |sql| engine.optional(sql, &[], |row| row.integer(0)).map(Option::unwrap_or_default);
        let (store_id, created_at) = engine
            .optional("SELECT store_id, created_at FROM store WHERE id = 1", &[], |row| {
                Ok((row.text(0)?.to_owned(), Timestamp::from_seconds(row.integer(1)?)))
            })?
            .ok_or_else(|| StoreError::Damaged {
                path: engine.path().to_owned(),
                reason: "it does not know its own id".to_owned(),
            })?;
        Ok(StoreInfo {
            path: engine.path().to_owned(),
            store_id,
            version: engine.schema_version()?,
            created_at,
            users: count("SELECT count(*) FROM users")?,
            projects: count("SELECT count(*) FROM projects")?,
            teams: count("SELECT count(*) FROM teams")?,
            skills: count("SELECT count(*) FROM skills")?,
            audit_entries: count("SELECT count(*) FROM audit")?,
            retirement: snapshot.retirement()?,
        })
    }
}
