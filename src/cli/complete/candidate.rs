//! One answer to a Tab.

/// Something that could stand at the cursor.
pub(super) struct Candidate {
    pub(super) word: String,
    /// What it is, in a few words.
    pub(super) about: String,
}
