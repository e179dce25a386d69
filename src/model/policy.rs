//! What a site decides: the rules that belong to a store. The settings are read straight into this,
//! and the directory goes by it; a default stands here and nowhere else.

use super::{Duration, ProfileField, Rate, Role, RoleSet, WeightRange};

/// What a site has decided; it belongs to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Fields that every user has to have beyond username, name and role, each once.
    pub required: Vec<ProfileField>,
    /// The site's own least number of characters of a password that a person thinks of; see
    /// [`Policy::min_password_chars`].
    pub password_min_length: Option<usize>,
    /// How long a temporary password works where nothing else is said.
    pub temporary_ttl: Duration,
    /// The cost of hashing a person's password.
    pub hash: HashParams,
    /// The weights that are allowed.
    pub weights: WeightRange,
    /// Which of admin and supervisor may create users.
    pub create_users: RoleSet,
    /// Whether the owner of the store's file goes on acting as admin once an admin can sign in.
    pub owner_is_admin: bool,
    /// Whether signing in takes a code sent to the user's phone.
    pub two_factor: bool,
    /// How long such a code works.
    pub code_ttl: Duration,
    /// Signing in.
    pub sign_in: SignInPolicy,
}

impl Policy {
    /// The fewest characters of a password where it is all that is asked for (NIST SP 800-63B-4,
    /// section 3.1.1.2).
    pub const MIN_PASSWORD_CHARS: usize = 15;
    /// The fewest characters where a second factor is required; no setting goes below.
    pub const MIN_PASSWORD_CHARS_TWO_FACTOR: usize = 8;
    /// The most characters of a password.
    pub const MAX_PASSWORD_CHARS: usize = 256;

    /// The least number of characters of a password that a person thinks of: the site's own, else
    /// what NIST asks for.
    #[must_use]
    pub fn min_password_chars(&self) -> usize {
        self.password_min_length.unwrap_or(if self.two_factor {
            Self::MIN_PASSWORD_CHARS_TWO_FACTOR
        } else {
            Self::MIN_PASSWORD_CHARS
        })
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            required: Vec::new(),
            password_min_length: None,
            temporary_ttl: Duration::from_days(7),
            hash: HashParams::default(),
            weights: WeightRange::default(),
            create_users: RoleSet::empty().with(Role::Admin).with(Role::Supervisor),
            owner_is_admin: true,
            two_factor: false,
            code_ttl: Duration::from_seconds(5 * 60),
            sign_in: SignInPolicy::default(),
        }
    }
}

/// What one argon2id hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParams {
    /// Memory in KiB: from 8 for each lane to [`Self::MAX_MEMORY_KIB`].
    pub memory_kib: u32,
    /// Passes over the memory: from 1 to [`Self::MAX_ITERATIONS`].
    pub iterations: u32,
    /// Lanes: from 1 to [`Self::MAX_PARALLELISM`].
    pub parallelism: u32,
}

impl HashParams {
    /// The most memory that is ever taken, in KiB: 1 GiB.
    pub const MAX_MEMORY_KIB: u32 = 1 << 20;
    /// The most passes that are ever made.
    pub const MAX_ITERATIONS: u32 = 64;
    /// The most lanes that are ever filled.
    pub const MAX_PARALLELISM: u32 = 16;
}

impl Default for HashParams {
    /// 19 MiB, two passes, one lane: the least that the OWASP Password Storage Cheat Sheet lets be.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// What a site has decided about signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInPolicy {
    /// Failures of one caller at one account, after which they are turned away there.
    pub max_failures: u32,
    /// Failures of one caller at all accounts, after which they are turned away everywhere.
    pub max_failures_per_caller: u32,
    /// For how long, at first; it doubles with every further failure, up to a day.
    pub lock: Duration,
    /// How often one caller signs in; more often, they are turned away.
    pub max_successes_per_caller: Rate,
    /// How long a session lives without being used.
    pub session_idle: Duration,
    /// How long a session lives at most.
    pub session_max: Duration,
    /// How many sessions a user has at most: one more ends the oldest.
    pub max_sessions: u32,
    /// Accounts of the operating system that sign in for many users: their failures are counted
    /// for each user alone. The settings name them; what ids they have is found out later.
    pub trusted_callers: Vec<u32>,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            max_failures: 10,
            max_failures_per_caller: 20,
            lock: Duration::from_seconds(15 * 60),
            max_successes_per_caller: Rate { count: 60, period: Duration::from_seconds(60) },
            session_idle: Duration::from_seconds(3_600),
            session_max: Duration::from_seconds(12 * 3_600),
            max_sessions: 10,
            trusted_callers: Vec::new(),
        }
    }
}
