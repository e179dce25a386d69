//! Statements: preparing them, running them, reading their rows.

use super::Engine;
use super::value::{SqlRow, SqlValue};
use crate::store::StoreError;

/// A prepared statement that is run many times, or whose rows are read one by one.
pub(crate) struct Statement<'c> {
    statement: rusqlite::CachedStatement<'c>,
    engine: &'c Engine,
}

impl Statement<'_> {
    /// Runs a statement that answers nothing; gives the number of rows that it changed.
    pub(crate) fn run(&mut self, values: &[SqlValue<'_>]) -> Result<usize, StoreError> {
        let engine = self.engine;
        self.statement
            .execute(rusqlite::params_from_iter(values))
            .map_err(|error| engine.error(&error))
    }

    /// Runs it with `values` and hands each row to `each` until that says stop.
    pub(crate) fn each<E: From<StoreError>>(
        &mut self,
        values: &[SqlValue<'_>],
        mut each: impl FnMut(&SqlRow<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let engine = self.engine;
        let mut rows = self
            .statement
            .query(rusqlite::params_from_iter(values))
            .map_err(|error| engine.error(&error))?;
        while let Some(row) = rows.next().map_err(|error| engine.error(&error))? {
            if !each(&SqlRow { row, path: &engine.path })? {
                break;
            }
        }
        Ok(())
    }
}

impl Engine {
    /// The statements that made the schema: what a planted trigger would change.
    pub(crate) fn schema_statements(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.each("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL", &[], |row| {
            each(row.text(0)?);
            Ok::<_, StoreError>(true)
        })
    }

    /// Runs several statements that take no values.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|error| self.error(&error))
    }

    /// Runs a statement; gives the number of rows that it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[SqlValue<'_>]) -> Result<u64, StoreError> {
        self.prepare(sql)?
            .execute(rusqlite::params_from_iter(values))
            .map(|rows| rows as u64)
            .map_err(|error| self.error(&error))
    }

    /// Runs a query and reads its first row, if there is one.
    pub(crate) fn optional<T>(
        &self,
        sql: &str,
        values: &[SqlValue<'_>],
        read: impl FnOnce(&SqlRow<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(|error| self.error(&error))?;
        match rows.next().map_err(|error| self.error(&error))? {
            Some(row) => read(&SqlRow { row, path: &self.path }).map(Some),
            None => Ok(None),
        }
    }

    /// Runs a query and hands each row to `each` until that says stop.
    pub(crate) fn each<E: From<StoreError>>(
        &self,
        sql: &str,
        values: &[SqlValue<'_>],
        each: impl FnMut(&SqlRow<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.statement(sql)?.each(values, each)
    }

    /// Runs a query and collects what `read` makes of its rows.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        values: &[SqlValue<'_>],
        mut read: impl FnMut(&SqlRow<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, values, |row| {
            found.push(read(row)?);
            Ok::<_, StoreError>(true)
        })?;
        Ok(found)
    }

    /// A query to be run again and again.
    pub(crate) fn statement(&self, sql: &str) -> Result<Statement<'_>, StoreError> {
        Ok(Statement { statement: self.prepare(sql)?, engine: self })
    }

    /// How SQLite goes about each statement that `act` runs: the lines of `EXPLAIN QUERY PLAN`.
    #[cfg(test)]
    pub(crate) fn plans(&self, act: impl FnOnce()) -> Vec<(String, Vec<String>)> {
        self.prepared.take();
        act();
        let run = self.prepared.take();
        let words = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        run.into_iter()
            .filter(|sql| words.iter().any(|word| sql.starts_with(word)))
            .map(|sql| {
                let explain = format!("EXPLAIN QUERY PLAN {sql}");
                let mut statement = self.connection.prepare(&explain).unwrap();
                let nothing = vec![SqlValue::Null; statement.parameter_count()];
                let lines = statement
                    .query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))
                    .and_then(Iterator::collect);
                (sql, lines.unwrap())
            })
            .collect()
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        #[cfg(test)]
        self.prepared.borrow_mut().push(sql.to_owned());
        self.connection.prepare_cached(sql).map_err(|error| self.error(&error))
    }
}
