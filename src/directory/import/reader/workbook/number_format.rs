//! What the number formats of an XLS file make of a number.

use calamine::{Data, ExcelDateTime, ExcelDateTimeType};

/// What a number means by its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberMeaning {
    Number,
    Date,
    Duration,
}

impl NumberMeaning {
    /// Of a format that every file has without saying so, by its number.
    pub(super) fn of_builtin(format: u16) -> Self {
        match format {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            46 => Self::Duration,
            _ => Self::Number,
        }
    }

    /// Of a format that the file itself has: the first part of it, the one of positive numbers.
    pub(super) fn of_code(code: &str) -> Self {
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            match letter.to_ascii_lowercase() {
                ';' => break,
                '\\' | '_' | '*' => drop(letters.next()),
                '"' => drop(letters.by_ref().find(|letter| *letter == '"')),
                // A colour, a currency, a condition; or hours beyond a day.
                '[' => {
                    let inside: String = letters.by_ref().take_while(|one| *one != ']').collect();
                    let inside = inside.to_ascii_lowercase();
                    let is_all = |unit| !inside.is_empty() && inside.chars().all(|one| one == unit);
                    if ['h', 'm', 's'].into_iter().any(is_all) {
                        return Self::Duration;
                    }
                }
                'd' | 'm' | 'y' | 'h' | 's' => return Self::Date,
                _ => {}
            }
        }
        Self::Number
    }

    pub(super) fn apply(self, number: f64, is_1904: bool) -> Data {
        let kind = match self {
            Self::Number => return Data::Float(number),
            Self::Date => ExcelDateTimeType::DateTime,
            Self::Duration => ExcelDateTimeType::TimeDelta,
        };
        Data::DateTime(ExcelDateTime::new(number, kind, is_1904))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_a_number_means() {
        for (code, meaning) in [
            ("General", NumberMeaning::Number),
            ("0.00E+00", NumberMeaning::Number),
            ("[Red]#,##0.00 \"days\"", NumberMeaning::Number),
            ("#,##0\\ [$Ft-40E]", NumberMeaning::Number),
            ("_-* #,##0\\ _d_-;yyyy", NumberMeaning::Number),
            ("\"unclosed", NumberMeaning::Number),
            ("yyyy\\-mm\\-dd", NumberMeaning::Date),
            ("[$-40E]yyyy/ mmm d.;@", NumberMeaning::Date),
            ("H:MM AM/PM", NumberMeaning::Date),
            ("[HH]:MM:SS", NumberMeaning::Duration),
            ("[h]", NumberMeaning::Duration),
        ] {
            assert_eq!(NumberMeaning::of_code(code), meaning, "{code}");
        }
    }
}
