//! How lists are read.

use super::{Query, order};
use crate::model::{SortKey, State, Timestamp, UserFilter};
use crate::store::Store;

fn plan(store: &Store, query: &Query) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", query.sql);
    store.engine.all(&sql, &query.values(), |row| Ok(row.text(3)?.to_owned())).unwrap()
}

/// R42: no order sorts, however many users there are: rows are read as an index holds them. The
/// index of the last sign-in is partial, and those who never did are read as they were created.
#[test]
fn every_order_follows_an_index() {
    const CREATED: &str = "SCAN users";
    const USERNAME: &str = "SCAN users USING INDEX sqlite_autoindex_users_1";
    const NAME: &str = "SCAN users USING INDEX users_by_name";
    let now = Timestamp::from_seconds(0);
    let store = Store::in_memory(now).unwrap();
    let narrowed = UserFilter {
        state: Some(State::Active),
        search: Some("x".into()),
        password_set_by: Some("x".into()),
        ..UserFilter::default()
    };
    for filter in [UserFilter::default(), narrowed] {
        for reverse in [false, true] {
            for (sort, expected) in [
                (SortKey::Username, vec![USERNAME]),
                (SortKey::Name, vec![NAME]),
                (SortKey::Created, vec![CREATED]),
                (SortKey::LastSignIn, vec!["users_by_last_sign_in", CREATED]),
            ] {
                let filter = UserFilter { sort, reverse, ..filter.clone() };
                let mut plans: Vec<Vec<String>> = order(&filter)
                    .iter()
                    .map(|part| plan(&store, &Query::new(select_user!(""), &filter, now, part)))
                    .collect();
                if reverse {
                    plans.reverse();
                }
                assert_eq!(plans.len(), expected.len(), "{sort:?}");
                for (plan, wanted) in plans.iter().zip(expected) {
                    // Behind it come the looks at failed sign-ins and photos, by their keys.
                    let [only, _, failures, _, photos] = plan.as_slice() else {
                        panic!("{sort:?} {reverse}: {plan:?}")
                    };
                    assert!(failures.contains("sign_in_failures USING PRIMARY KEY"), "{failures}");
                    assert!(photos.contains("photos USING INTEGER PRIMARY KEY"), "{photos}");
                    let exact = wanted.starts_with("SCAN");
                    assert!(
                        if exact { only == wanted } else { only.contains(wanted) },
                        "{sort:?} {reverse}: {only}"
                    );
                }
            }
        }
    }
}

/// R42: where an order has none, the plan says so; or the test above would prove nothing.
#[test]
fn an_order_without_an_index_shows_in_the_plan() {
    let now = Timestamp::from_seconds(0);
    let store = Store::in_memory(now).unwrap();
    let filter = UserFilter::default();
    let query = Query::new(select_user!(""), &filter, now, "ORDER BY updated_at");
    let plan = plan(&store, &query);
    assert!(plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
}
