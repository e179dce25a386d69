//! How a type for one kind of text is made: checked where it comes in, valid from then on.

/// A type for text that keeps a rule: `text_type!(/// What it is. Name, parse)`, where `parse` checks
/// the text and gives what is kept of it.
macro_rules! text_type {
    ($(#[$doc:meta])* $type:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $type(std::sync::Arc<str>);

        impl $type {
            /// It as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What the store holds: it was checked before it went in.
            pub(crate) fn from_stored(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::model::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let parse: fn(&str) -> Result<std::sync::Arc<str>, Self::Err> = $parse;
                parse(text).map(Self)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

pub(super) use text_type;
