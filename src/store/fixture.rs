//! For tests: what a store holds, looked at and changed behind the back of the rules.

use serde_json::Value;

use super::{Store, StoreError};

impl Store {
    /// Runs a statement as it stands; gives the number of rows that it changed.
    pub(crate) fn sql(&self, statement: &str) -> u64 {
        self.try_sql(statement).unwrap()
    }

    /// Runs a statement as it stands, which may be refused.
    pub(crate) fn try_sql(&self, statement: &str) -> Result<u64, StoreError> {
        self.engine.execute(statement, &[])
    }

    /// How SQLite goes about each statement that `act` runs.
    pub(crate) fn plans(&self, act: impl FnOnce()) -> Vec<(String, Vec<String>)> {
        self.engine.plans(act)
    }

    /// The first column of every row of a query: a text.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        self.engine.all(query, &[], |row| Ok(row.text(0)?.to_owned())).unwrap()
    }

    /// The first column of a query's first row: a number.
    pub(crate) fn number(&self, query: &str) -> i64 {
        self.engine.optional(query, &[], |row| row.integer(0)).unwrap().unwrap()
    }

    /// Everything that the store holds, row by row: equal before and after what changes nothing.
    pub(crate) fn dump(&self) -> Vec<String> {
        let tables =
            self.texts("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        let mut rows = Vec::new();
        for table in tables {
            let columns = self.texts(&format!(
                "SELECT group_concat('quote(' || name || ')', ' || '','' || ') \
                 FROM pragma_table_info('{table}')"
            ));
            let query = format!("SELECT '{table}: ' || {} FROM {table} ORDER BY 1", columns[0]);
            rows.extend(self.texts(&query));
        }
        rows
    }

    /// The audit log, oldest entry first; `before` and `after` are objects or null.
    pub(crate) fn log(&self) -> Vec<Value> {
        let entries = self.texts(
            "SELECT json_object('seq', seq, 'at', at, 'actor', actor, 'actor_id', actor_id, \
             'os_uid', os_uid, 'action', action, 'subject', subject, 'subject_id', subject_id, \
             'outcome', outcome, 'before', json(before), 'after', json(after)) \
             FROM audit ORDER BY seq",
        );
        entries.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect()
    }
}
