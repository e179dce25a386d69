//! How a setting becomes TOML text again.

use std::collections::BTreeMap;

use crate::model::{Duration, LanguageTag, ProfileField, Rate, Role, RoleSet, Weight};

/// A setting as TOML text; `None` where it is unset and TOML has no word for that.
pub(super) trait ToToml {
    fn show(&self) -> Option<String>;
}

macro_rules! show_as_is {
    ($($type:ty),+) => {
        $(impl ToToml for $type {
            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }
        })+
    };
}

macro_rules! show_as_string {
    ($($type:ty),+) => {
        $(impl ToToml for $type {
            fn show(&self) -> Option<String> {
                Some(toml::Value::String(self.to_string()).to_string())
            }
        })+
    };
}

show_as_is!(bool, u32, usize, Weight);
show_as_string!(String, Duration, Rate, ProfileField, Role);

/// Languages are plain enough to be keys without quotation marks.
impl ToToml for BTreeMap<LanguageTag, String> {
    fn show(&self) -> Option<String> {
        let items: Option<Vec<String>> = self
            .iter()
            .map(|(language, file)| Some(format!("{language} = {}", file.show()?)))
            .collect();
        items.map(|items| match items.as_slice() {
            [] => "{}".to_owned(),
            items => format!("{{ {} }}", items.join(", ")),
        })
    }
}

impl ToToml for RoleSet {
    fn show(&self) -> Option<String> {
        self.iter().collect::<Vec<Role>>().show()
    }
}

impl<T: ToToml> ToToml for Option<T> {
    fn show(&self) -> Option<String> {
        self.as_ref().and_then(ToToml::show)
    }
}

impl<T: ToToml> ToToml for Vec<T> {
    fn show(&self) -> Option<String> {
        let items: Option<Vec<String>> = self.iter().map(ToToml::show).collect();
        items.map(|items| format!("[{}]", items.join(", ")))
    }
}
