//! The rules: what a valid change is, and how passwords are judged, kept and compared.

pub mod hash_memory;
pub mod password;
pub mod password_hash;
pub mod password_policy;

pub use hash_memory::HashMemory;
pub use password::Password;
pub use password_hash::{HashError, HashParams, StoredHash, Verdict};
pub use password_policy::{Context, PasswordError, PasswordPolicy};
