//! Tables on a terminal.

use std::fs;

use crate::common::pty::Home;

#[test]
fn a_table_fits_the_terminal_and_is_coloured_there_only() {
    let home = Home::new();
    home.does(
        "ccadmin user create ann --name 'Ann-Margaret Featherstonehaugh-Cholmondeley of the Fens' \
         --role agent --role requester --generate-password",
    );
    let header = "\x1b[1mUSERNAME";
    let end = home.sits_at_size("ccadmin user list", 24, 60).leaves();
    end.exited(0).shows("Ann-Mar").hides("Fens");
    assert!(end.raw.contains(header), "{:?}", end.raw);
    for width in [60, 40] {
        let end = home.sits_at_size("ccadmin user list", 24, width).leaves();
        let fits = |line: &str| line.chars().count() <= usize::from(width);
        let told = |line: &&str| !line.contains("no room for: ");
        assert!(end.text.lines().filter(told).all(fits), "{}", end.text);
    }
    let wide = home.sits_at_size("ccadmin user list", 24, 200).leaves();
    wide.shows("Featherstonehaugh-Cholmondeley of the Fens");
    for plain in [
        "ccadmin --color never user list",
        "env NO_COLOR=1 ccadmin user list",
        "env TERM=dumb ccadmin user list",
        "ccadmin -o csv user list",
        "ccadmin -o json user list",
    ] {
        home.sits_at(plain).leaves().exited(0).hides("\x1b").shows("Ann-Margaret");
    }
    home.sits_at("ccadmin user list > out").leaves().exited(0);
    let out = fs::read_to_string(home.path().join("out")).unwrap();
    assert!(out.contains("of the Fens") && !out.contains('\x1b'), "{out}");
    assert_eq!(out.lines().count(), 2);
    let end = home.sits_at("ccadmin --color never user show nobody").leaves();
    end.exited(3).hides("\x1b");
    let end = home.sits_at("ccadmin user show nobody").leaves();
    assert!(end.raw.contains("\x1b[1m\x1b[31merror:\x1b[0m"), "{:?}", end.raw);
}

#[test]
fn a_table_on_a_terminal_shows_a_thousand_rows_and_says_how_many_more() {
    let home = Home::new();
    home.does("ccadmin team create team-0");
    let store = rusqlite::Connection::open(home.store()).unwrap();
    store
        .execute_batch(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1233)
             INSERT INTO teams (name) SELECT 'team-' || i FROM n;",
        )
        .unwrap();
    drop(store);
    let end = home.sits_at("env PAGER= ccadmin team list").leaves();
    end.exited(0).shows("1000 of 1234 teams; a pipe or a file gets all\n");
    assert_eq!(end.text.lines().filter(|line| line.starts_with("team-")).count(), 1_000);
    let more = home.sits_at("ccadmin team list > out").leaves();
    more.hides("more");
    let out = fs::read_to_string(home.path().join("out")).unwrap();
    assert_eq!(out.lines().count(), 1_235);
    let end = home.sits_at("env PAGER= ccadmin team list 2> err").leaves();
    end.hides("more");
    let err = fs::read_to_string(home.path().join("err")).unwrap();
    assert_eq!(err.lines().count(), 1, "{err}");
    let csv = home.sits_at("ccadmin -o csv team list").leaves();
    csv.hides("more");
    assert_eq!(csv.text.lines().filter(|line| line.starts_with("team-")).count(), 1_234);
}
