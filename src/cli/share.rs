//! The part of somebody's attention that a project gets, as people read it.

/// A share in whole percents. One that is something never looks like nothing, and one that is not
/// all never looks like all.
pub(crate) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    if share <= 0.0 {
        "0 %".to_owned()
    } else if rounded < 1.0 {
        "<1 %".to_owned()
    } else if rounded >= 100.0 && share < 1.0 {
        ">99 %".to_owned()
    } else {
        format!("{rounded} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_is_not_nothing_and_nearly_all_is_not_all() {
        for (share, shown) in [
            (0.0, "0 %"),
            (0.000_1, "<1 %"),
            (0.004_9, "<1 %"),
            (0.005, "1 %"),
            (1.0 / 3.0, "33 %"),
            (0.666_7, "67 %"),
            (0.994_9, "99 %"),
            (0.996, ">99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), shown, "{share}");
        }
    }
}
