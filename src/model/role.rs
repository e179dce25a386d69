//! What a user may do: five roles, and the set of them that a user has.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

/// A role. Declared in the order of their names, so that a sorted set is sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// Administers everything.
    Admin = 1 << 0,
    /// Takes calls.
    Agent = 1 << 1,
    /// Takes calls from outside the house.
    ExternalAgent = 1 << 2,
    /// Asks for things, takes no calls.
    Requester = 1 << 3,
    /// Administers users who have no other roles than agent and requester.
    Supervisor = 1 << 4,
}

impl Role {
    /// Every role, sorted by name.
    pub const ALL: [Self; 5] =
        [Self::Admin, Self::Agent, Self::ExternalAgent, Self::Requester, Self::Supervisor];

    /// Its name: lower case, as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::ExternalAgent => "external-agent",
            Self::Requester => "requester",
            Self::Supervisor => "supervisor",
        }
    }

    /// Whether a user who has it can be assigned to projects.
    #[must_use]
    pub const fn takes_calls(self) -> bool {
        matches!(self, Self::Agent | Self::ExternalAgent)
    }

    /// Whether a supervisor may administer a user who has it.
    #[must_use]
    pub const fn is_ordinary(self) -> bool {
        !matches!(self, Self::Admin | Self::Supervisor)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a role: it has to be one of admin, agent, external-agent, requester, supervisor", .0.escape_debug())]
pub struct UnknownRole(pub String);

/// Any case; `operator` is accepted for `agent`, as the products that came before call it.
impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let lower = text.trim().to_ascii_lowercase();
        if lower == "operator" {
            return Ok(Self::Agent);
        }
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == lower)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// The roles of one user. A stored user has at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// The set without a role, to begin with.
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// The set that the bits stand for, as the store keeps them; `None` where a bit has no role.
    #[must_use]
    pub fn from_bits(bits: i64) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| *bits < 1 << 5).map(Self)
    }

    /// The bits, as the store keeps them.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// Whether there is no role in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `role` is in it.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & role as u8 != 0
    }

    /// Whether any of `others` is in it.
    #[must_use]
    pub const fn intersects(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// With `role` in it.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role as u8)
    }

    /// Without `role` in it.
    #[must_use]
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !(role as u8))
    }

    /// Its roles, sorted by name.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }

    /// Whether a user who has it can be assigned to projects.
    #[must_use]
    pub fn takes_calls(self) -> bool {
        self.iter().any(Role::takes_calls)
    }

    /// Whether a supervisor may administer a user who has it: all roles are ordinary ones.
    #[must_use]
    pub fn is_ordinary(self) -> bool {
        self.iter().all(Role::is_ordinary)
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::empty(), Self::with)
    }
}

impl Serialize for RoleSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        for role in self.iter() {
            sequence.serialize_element(role.as_str())?;
        }
        sequence.end()
    }
}

impl JsonSchema for RoleSet {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RoleSet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let roles = Role::ALL.map(Role::as_str);
        json_schema!({ "type": "array", "items": { "type": "string", "enum": roles } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All 32 sets: bits, roles and back.
    #[test]
    fn every_set_is_its_bits() {
        for bits in 0..32 {
            let set = RoleSet::from_bits(bits).unwrap();
            assert_eq!(set.bits(), bits);
            assert_eq!(set.iter().collect::<RoleSet>(), set);
            assert_eq!(set.iter().count(), bits.count_ones() as usize);
            for role in Role::ALL {
                assert_eq!(role.to_string().parse(), Ok(role));
                assert!(set.with(role).contains(role) && !set.without(role).contains(role));
                assert_eq!(set.without(role).with(role), set.with(role));
                let alone = RoleSet::empty().with(role);
                assert_eq!(set.intersects(alone), set.contains(role));
            }
        }
    }

    #[test]
    fn roles_are_read_in_any_case() {
        assert_eq!("Agent".parse(), Ok(Role::Agent));
        assert_eq!("EXTERNAL-AGENT".parse(), Ok(Role::ExternalAgent));
        assert_eq!("Operator".parse(), Ok(Role::Agent));
        assert!("agents".parse::<Role>().is_err());
    }

    #[test]
    fn sets_iterate_in_the_order_of_names() {
        let set: RoleSet = [Role::Supervisor, Role::Agent, Role::Admin].into_iter().collect();
        let names: Vec<&str> = set.iter().map(Role::as_str).collect();
        assert_eq!(names, ["admin", "agent", "supervisor"]);
        assert_eq!(RoleSet::from_bits(set.bits()), Some(set));
        assert_eq!(RoleSet::from_bits(32), None);
        assert_eq!(RoleSet::from_bits(-1), None);
    }

    #[test]
    fn only_agents_take_calls_and_only_ordinary_roles_are_a_supervisors() {
        assert!(RoleSet::empty().with(Role::ExternalAgent).takes_calls());
        assert!(!RoleSet::empty().with(Role::Supervisor).takes_calls());
        assert!(RoleSet::empty().with(Role::Agent).with(Role::Requester).is_ordinary());
        assert!(!RoleSet::empty().with(Role::Agent).with(Role::Admin).is_ordinary());
    }
}
