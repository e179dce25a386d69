//! The queues of a switch as rows: what is written for a switch that reads them from a database.

/// An agent of a queue, as a switch calls them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMember {
    /// The queue.
    pub queue: String,
    /// The channel that is called.
    pub interface: String,
    /// The username.
    pub name: String,
    /// What the switch draws by: the greater, the fewer calls.
    pub penalty: u32,
}

/// All queues with their members, and what they were made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTables {
    /// The number of the store.
    pub store: String,
    /// The number of the newest entry of its audit log.
    pub audit_seq: i64,
    /// The hash of that entry.
    pub audit_hash: String,
    /// The names of the queues, sorted.
    pub queues: Vec<String>,
    /// The members, sorted by queue and name.
    pub members: Vec<QueueMember>,
}

impl QueueTables {
    /// How a call is given to one of the members that are free: drawn by their penalties.
    pub const STRATEGY: &'static str = "wrandom";

    /// Whether both say the same to a switch, whatever they were made from.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.queues, &self.members) == (&other.queues, &other.members)
    }
}
