//! The walk finds what looking at every name would find, with few looks.

use std::cell::Cell;

use proptest::prelude::*;
use strsim::osa_distance;

use super::{EntityKind, MAX_CANDIDATES, MAX_LOOK_UPS};
use crate::model::Timestamp;
use crate::store::Store;
use crate::store::engine::SqlValue;

thread_local! {
    static LOOK_UPS: Cell<u32> = const { Cell::new(0) };
}

pub(super) fn count_look_up() {
    LOOK_UPS.set(LOOK_UPS.get() + 1);
}

/// A store whose users have these names.
fn store<'n>(names: impl IntoIterator<Item = &'n str>) -> Store {
    let store = Store::in_memory(Timestamp::from_seconds(0)).unwrap();
    let names: Vec<&str> = names.into_iter().collect();
    let json = serde_json::to_string(&names).unwrap();
    store
        .engine
        .execute(
            "INSERT INTO users (id, username, full_name, state, roles, project_selection, search, \
             created_at, updated_at) SELECT key + 1, value, 'x', 1, 2, 1, '', 0, 0 \
             FROM json_each(?1)",
            &[SqlValue::Text(&json)],
        )
        .unwrap();
    store
}

fn nearest(store: &Store, wanted: &str) -> Option<String> {
    store.read().unwrap().nearest(EntityKind::User, wanted).unwrap()
}

const FIRST: [&str; 50] = [
    "adam", "agnes", "anna", "balazs", "bela", "carla", "dora", "edit", "emma", "erik", "eszter",
    "ferenc", "fiona", "gabor", "george", "hanna", "henry", "ildiko", "imre", "jakob", "james",
    "janos", "julia", "karin", "katalin", "laszlo", "laura", "maria", "mark", "nora", "oliver",
    "orsolya", "otto", "pavel", "peter", "petra", "quentin", "rita", "robert", "sandor", "sofia",
    "tamas", "thomas", "ursula", "vera", "viktor", "wanda", "xavier", "yvonne", "zoltan",
];

const LAST: [&str; 100] = [
    "ackermann",
    "adler",
    "arany",
    "bacher",
    "bakos",
    "balogh",
    "barta",
    "bauer",
    "becker",
    "berg",
    "biro",
    "bodnar",
    "braun",
    "brown",
    "carter",
    "clarke",
    "csonka",
    "czuczor",
    "deak",
    "dobos",
    "dudas",
    "eder",
    "egri",
    "ellis",
    "engel",
    "erdos",
    "faber",
    "farkas",
    "fischer",
    "fodor",
    "fuchs",
    "gal",
    "gardner",
    "gruber",
    "gulyas",
    "haas",
    "hajdu",
    "harris",
    "hofmann",
    "horvath",
    "huber",
    "illes",
    "ivanov",
    "jager",
    "johnson",
    "juhasz",
    "kaiser",
    "kelemen",
    "kiss",
    "koch",
    "kovacs",
    "kramer",
    "kun",
    "lakatos",
    "lang",
    "lehmann",
    "lukacs",
    "maier",
    "major",
    "martin",
    "meszaros",
    "molnar",
    "muller",
    "nagy",
    "nemeth",
    "novak",
    "olah",
    "orban",
    "osborne",
    "palffy",
    "papp",
    "parker",
    "pinter",
    "quast",
    "racz",
    "richter",
    "roth",
    "sandberg",
    "schmidt",
    "simon",
    "smith",
    "szabo",
    "szekely",
    "takacs",
    "tanaka",
    "taylor",
    "toth",
    "ulrich",
    "unger",
    "varga",
    "veres",
    "vogel",
    "wagner",
    "weiss",
    "wilson",
    "winkler",
    "young",
    "zeller",
    "zimmer",
    "zsoldos",
];

/// 200,000 names: half of them of people, many of whom have namesakes, half of them numbers.
fn crowd() -> Vec<String> {
    let people = FIRST.iter().flat_map(|first| {
        LAST.iter().flat_map(move |last| {
            (1..=20).map(move |number| match number {
                1 => format!("{first}.{last}"),
                number => format!("{first}.{last}{number}"),
            })
        })
    });
    people.chain((0..100_000).map(|number| format!("agent{number:06}"))).collect()
}

/// The number of looks that finding the nearest name takes, and the name.
fn counted(store: &Store, wanted: &str) -> (u32, Option<String>) {
    LOOK_UPS.set(0);
    let found = nearest(store, wanted);
    (LOOK_UPS.get(), found)
}

#[test]
fn near_names_are_found() {
    let names = ["James", "ana", "anna", "billing-hu", "bob", "hu-support", "james", "jo", "x"];
    let store = store(names);
    for (wanted, found) in [
        // Nothing but case.
        ("JAMES", Some("James")),
        ("Anna", Some("anna")),
        ("james", Some("james")),
        // Two that changed places count as one.
        ("jmaes", Some("james")),
        ("hu-suppotr", Some("hu-support")),
        ("abn", None),
        // One wrong letter, in the middle and in front.
        ("jomes", Some("james")),
        ("hames", Some("James")),
        ("Hames", Some("James")),
        // One too few, one too many, also in front and behind.
        ("jaes", Some("james")),
        ("ames", Some("James")),
        ("jame", Some("james")),
        ("jaames", Some("james")),
        ("qjames", Some("james")),
        ("jamesq", Some("james")),
        // Two off, in a name that is long enough.
        ("hu-suprot", Some("hu-support")),
        ("bilinghu", Some("billing-hu")),
        ("uh-supprot", Some("hu-support")),
        ("qqmes", Some("James")),
        // Three off, and two off in a short name.
        ("hu-spport-q", None),
        ("qqqes", None),
        ("bqq", None),
        ("an", Some("ana")),
        ("j", Some("jo")),
        ("nobody", None),
        ("", Some("x")),
        // Beyond the last letter of any name, and before the first.
        ("zzzzzz", None),
        ("......", None),
    ] {
        assert_eq!(nearest(&store, wanted).as_deref(), found, "{wanted}");
    }
}

#[test]
fn nothing_is_near_where_nothing_is() {
    let store = Store::in_memory(Timestamp::from_seconds(0)).unwrap();
    let reader = store.read().unwrap();
    for names in [EntityKind::User, EntityKind::Project, EntityKind::Team, EntityKind::Skill] {
        assert_eq!(reader.nearest(names, "x").unwrap(), None);
    }
}

/// Among 200,000 names a search takes a few hundred looks, not 200,000, and finds who was meant.
#[test]
fn few_looks_among_many_names() {
    let names = crowd();
    let store = store(names.iter().map(String::as_str));
    assert_eq!(store.number("SELECT count(*) FROM users"), 200_000);
    for (wanted, found) in [
        ("anna.kovasc", Some("anna.kovacs")),
        ("znna.kovacs", Some("anna.kovacs")),
        ("ann.kovacs", Some("anna.kovacs")),
        ("annna.kovacs", Some("anna.kovacs")),
        ("anna-kovacs", Some("anna.kovacs")),
        ("ANNA.KOVASC", Some("anna.kovacs")),
        ("qqna.kovacs", Some("anna.kovacs")),
        ("xavier.wiess", Some("xavier.weiss")),
        ("xavyer.wiess", Some("xavier.weiss")),
        ("zoltan.zsoldoz", Some("zoltan.zsoldos")),
        ("zoltna.zsoldso", Some("zoltan.zsoldos")),
        ("agnet001234", Some("agent001234")),
        ("qgent001234", Some("agent001234")),
        ("agent0012345", Some("agent001234")),
        ("agqnt0q1234", Some("agent001234")),
        ("gaent099999q", Some("agent099999")),
        ("nothing.like.it", None),
        ("agent", None),
    ] {
        let (looks, name) = counted(&store, wanted);
        assert_eq!(name.as_deref(), found, "{wanted}");
        assert!(0 < looks && looks <= MAX_LOOK_UPS, "{wanted}: {looks}");
    }
    // One wrong letter anywhere in any name, and two.
    for (index, name) in names.iter().enumerate().step_by(9_001) {
        let place = index % name.len();
        let mut typo = name.clone();
        typo.replace_range(place..=place, "q");
        let (looks, near) = counted(&store, &typo);
        assert!(looks <= MAX_LOOK_UPS, "{typo}: {looks}");
        assert!(near.is_some_and(|near| osa_distance(&near, &typo) <= 1), "{typo}");
        let place = (place + name.len() / 2) % name.len();
        typo.remove(place);
        let (looks, near) = counted(&store, &typo);
        assert!(looks <= MAX_LOOK_UPS, "{typo}: {looks}");
        assert!(near.is_some_and(|near| osa_distance(&near, &typo) <= 2), "{typo}");
    }
}

/// What looking at every name would find: the least distance without case, the first eight of
/// those in the order of bytes, and among them the first of those that are nearest with case.
fn by_force(names: &[String], wanted: &str) -> Option<String> {
    let lower = wanted.to_ascii_lowercase();
    let distance = |name: &str| osa_distance(&name.to_ascii_lowercase(), &lower);
    let most = if wanted.len() < 5 { 1 } else { 2 };
    let least = names.iter().map(|name| distance(name)).min().filter(|least| *least <= most)?;
    let mut nearest: Vec<&String> = names.iter().filter(|name| distance(name) == least).collect();
    nearest.sort_unstable();
    nearest.truncate(MAX_CANDIDATES);
    nearest.into_iter().min_by_key(|name| osa_distance(name, wanted)).cloned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// A small alphabet makes many names that are near each other.
    #[test]
    fn the_walk_finds_what_looking_at_every_name_finds(
        names in proptest::collection::hash_set("[abAB1z][abcAB.-]{0,6}", 1..200),
        wanted in proptest::collection::vec("[abcABz1][abcAB.z-]{0,7}", 20),
    ) {
        let names: Vec<String> = names.into_iter().collect();
        let store = store(names.iter().map(String::as_str));
        for wanted in wanted {
            let (looks, found) = counted(&store, &wanted);
            prop_assert!(looks < MAX_LOOK_UPS);
            prop_assert_eq!(found, by_force(&names, &wanted), "{}", wanted);
        }
    }
}
