//! What is shown on a terminal and asked at it.
#[expect(dead_code, unused_imports, reason = "the commands that ask come later")]
pub(crate) mod prompt;
