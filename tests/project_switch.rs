//! `ccadmin project coverage` and `ccadmin project export`.

use std::fs;

use insta::assert_snapshot;

use crate::common::{TestEnv, column};

/// Three agents with the weights 10, 20 and 70 in hu-support; James is in en-support too.
fn staffed() -> TestEnv {
    let env = TestEnv::with_users();
    for line in [
        "user create bob --name Bob --role agent --project hu-support:20 --generate-password",
        "user create cid --name 'Cid, \"C\"' --role agent --project hu-support:70 --generate-password",
        "user create ann --name Ann --role agent --project hu-support --inactive --generate-password",
    ] {
        env.run(line).success();
    }
    env
}

#[test]
fn coverage() {
    let env = staffed();
    assert_snapshot!(env.run("project coverage"), @"
    PROJECT     PROBLEM          AGENTS  MESSAGE
    en-support  nobody-signs-in       1  all active agents have never signed in or have an expired password
    hu-support  nobody-signs-in       3  all active agents have never signed in or have an expired password
    hu-support  nobody-speaks         3  no active agent has the language hu
    --- stderr ---
    error: the check found 3 things
    [exit status: 13]
    ");
    assert_snapshot!(env.run("project coverage --min 2 -o json"), @r#"
    [
    {"project":"en-support","problem":"few-agents","agents":1,"language":"en","message":"1 active agent"},
    {"project":"en-support","problem":"nobody-signs-in","agents":1,"language":"en","message":"all active agents have never signed in or have an expired password"},
    {"project":"hu-support","problem":"nobody-signs-in","agents":3,"language":"hu","message":"all active agents have never signed in or have an expired password"},
    {"project":"hu-support","problem":"nobody-speaks","agents":3,"language":"hu","message":"no active agent has the language hu"}
    ]
    --- stderr ---
    {"error":{"code":"check-failed","message":"the check found 4 things","hint":null}}
    [exit status: 13]
    "#);
    env.database()
        .execute_batch("UPDATE users SET last_sign_in_at = updated_at, language = 'hu'")
        .unwrap();
    env.run("project deactivate en-support").success();
    assert_snapshot!(env.run("project coverage"), @"
    --- stderr ---
    every active project is covered
    [exit status: 0]
    ");
    assert_snapshot!(env.run("project coverage -o json"), @"
    []
    [exit status: 0]
    ");
    // The temporary passwords run out.
    assert_snapshot!(env.run("project coverage --at 8d"), @"
    PROJECT     PROBLEM          AGENTS  MESSAGE
    hu-support  nobody-signs-in       3  all active agents have never signed in or have an expired password
    --- stderr ---
    error: the check found 1 thing
    [exit status: 13]
    ");
}

/// The origin, which differs from store to store, in the words of a test.
fn without_origin(text: &str) -> String {
    text.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn the_first_line_tells_the_origin() {
    let env = staffed();
    let id = env.run("store info -o json").stdout;
    for switch in ["asterisk", "freeswitch", "vicidial", "json"] {
        let text = env.run(format!("project export --for {switch}").as_str()).stdout;
        let first = text.lines().next().unwrap();
        let mut store = first.split(|letter: char| !letter.is_ascii_hexdigit());
        let store = store.find(|word| word.len() == 32).unwrap();
        assert!(id.contains(store), "{first}");
        let head = env.database().query_row(
            "SELECT seq, lower(hex(hash)) FROM audit ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        );
        let (seq, hash) = head.unwrap();
        assert!(first.contains(&seq.to_string()) && first.contains(&hash), "{first}");
    }
}

#[test]
fn exporting_for_each_switch() {
    let env = staffed();
    let asterisk = env.run("project export --for asterisk");
    assert_snapshot!(asterisk.stderr, @"hu-support: at most 0.04 points off the weights while all are free, 6.35 while two are");
    assert_snapshot!(without_origin(&asterisk.stdout), @"
    [en-support]
    strategy = wrandom
    weight = 0
    member => PJSIP/james,99,james

    [hu-support]
    strategy = wrandom
    weight = 0
    member => PJSIP/bob,230,bob
    member => PJSIP/cid,99,cid
    member => PJSIP/james,427,james
    ");
    let freeswitch = env.run("project export --for freeswitch --project hu-support");
    assert_snapshot!(freeswitch.stderr, @"mod_callcenter knows levels, which are strict, and no weights: within half of the greatest weight 1, within a quarter 2, else 3");
    assert_snapshot!(without_origin(&freeswitch.stdout), @r#"
    <tiers>
      <tier agent="bob" queue="hu-support" level="2" position="1"/>
      <tier agent="cid" queue="hu-support" level="1" position="1"/>
      <tier agent="james" queue="hu-support" level="3" position="1"/>
    </tiers>
    "#);
    let vicidial = env.run("project export --for vicidial --project hu-support");
    assert_snapshot!(vicidial.stderr, @"hu-support: grades are 1 to 10, at most 3 % off the weights");
    assert_snapshot!(without_origin(&vicidial.stdout), @"
    user,group_id,group_grade
    bob,hu-support,3
    cid,hu-support,10
    james,hu-support,1
    ");
    let json = env.run("project export --for json");
    assert_eq!(json.json()["projects"][1]["agents"][2]["weight"], 10);
    assert_snapshot!(without_origin(&json.stdout), @r#"
    {"project":"en-support","language":"en","priority":0,"agents":[{"username":"james","full_name":"James Carter","phone":"+36201234567","weight":20}]},
    {"project":"hu-support","language":"hu","priority":0,"agents":[{"username":"bob","full_name":"Bob","phone":null,"weight":20},{"username":"cid","full_name":"Cid, \"C\"","phone":null,"weight":70},{"username":"james","full_name":"James Carter","phone":"+36201234567","weight":10}]}
    ]}
    "#);
    assert_eq!(env.run("project export --for asterisk --project nowhere").status, Some(3));
    env.run("project deactivate en-support").success();
    assert_eq!(env.run("project export --for asterisk --project en-support").status, Some(4));
}

#[test]
fn who_lacks_what_the_pattern_names_is_told_and_left_out() {
    let env = staffed();
    env.config("[switch.asterisk]\ninterface = \"PJSIP/trunk-{phone}\"\n");
    let asterisk = env.run("project export --for asterisk");
    assert_snapshot!(asterisk.stderr, @"left out, without a phone number for `PJSIP/trunk-{phone}`: bob, cid");
    assert_snapshot!(without_origin(&asterisk.stdout), @"
    [en-support]
    strategy = wrandom
    weight = 0
    member => PJSIP/trunk-+36201234567,99,james

    [hu-support]
    strategy = wrandom
    weight = 0
    member => PJSIP/trunk-+36201234567,99,james
    ");
    for bad in ["PJSIP/1", "", "PJSIP/{extension}", "PJSIP/{username},5", "a\\n{username}"] {
        env.config(&format!("[switch.asterisk]\ninterface = \"{bad}\"\n"));
        assert_eq!(env.run("project export --for asterisk").status, Some(2), "{bad}");
    }
}

#[test]
fn a_file_is_written_whole_and_compared() {
    let env = staffed();
    env.run("project export --for asterisk queues.conf").success();
    let text = fs::read_to_string(env.path("queues.conf")).unwrap();
    assert!(text.starts_with("; ccadmin: store "), "{text}");
    assert_eq!(env.run("project export --for asterisk queues.conf").status, Some(4));
    env.run("project export --for asterisk queues.conf --force").success();
    assert_snapshot!(env.run("project export --for asterisk queues.conf --check"), @"
    --- stderr ---
    queues.conf is up to date
    [exit status: 0]
    ");
    // Another entry of the log alone is no difference.
    env.run("team create more").success();
    env.run("project export --for asterisk queues.conf --check").success();
    env.call("project export --for asterisk --check").stdin(&text).output().success();
    env.run("set-weight bob hu-support 30").success();
    assert_snapshot!(env.run("project export --for asterisk queues.conf --check"), @"
    --- stderr ---
    - [hu-support] member => PJSIP/bob,230,bob
    - [hu-support] member => PJSIP/james,427,james
    + [hu-support] member => PJSIP/bob,169,bob
    + [hu-support] member => PJSIP/james,441,james
    error: queues.conf is not up to date
    hint: write it again without --check
    [exit status: 13]
    ");
    assert_eq!(fs::read_to_string(env.path("queues.conf")).unwrap(), text);
    assert_eq!(
        env.call("project export --for asterisk --check").stdin(&text).output().status,
        Some(13)
    );
}

#[test]
fn tables_for_a_switch_that_reads_a_database() {
    let env = staffed();
    assert_snapshot!(env.run("project export --for asterisk --as realtime queues.db"), @"
    --- stderr ---
    hu-support: at most 0.04 points off the weights while all are free, 6.35 while two are
    exported 2 projects to queues.db
    [exit status: 0]
    ");
    let database = || rusqlite::Connection::open(env.path("queues.db")).unwrap();
    let members = "SELECT queue_name || ' ' || interface || ' ' || membername || ' ' || penalty \
                   FROM queue_members ORDER BY uniqueid";
    let expected = [
        "en-support PJSIP/james james 99",
        "hu-support PJSIP/bob bob 230",
        "hu-support PJSIP/cid cid 99",
        "hu-support PJSIP/james james 427",
    ];
    assert_eq!(column(&database(), members), expected);
    assert_eq!(
        column(&database(), "SELECT name || ' ' || strategy FROM queues"),
        ["en-support wrandom", "hu-support wrandom"]
    );
    let origin = "SELECT count(*) || '' FROM origin WHERE audit_seq > 0";
    assert_eq!(column(&database(), origin), ["1"]);

    assert_snapshot!(env.run("project export --for asterisk --as realtime queues.db --check"), @"
    --- stderr ---
    queues.db is up to date
    [exit status: 0]
    ");
    env.run("set-weight bob hu-support 70").success();
    env.run("user deactivate james").success();
    assert_snapshot!(env.run("project export --for asterisk --as realtime queues.db --check"), @"
    --- stderr ---
    hu-support: bob has 230 in place of 99
    en-support: james does not belong there
    hu-support: james does not belong there
    error: queues.db is not up to date
    hint: write it again without --check
    [exit status: 13]
    ");
    assert_snapshot!(env.run("project export --for asterisk --as realtime queues.db"), @"
    --- stderr ---
    error: queues.db already exists
    hint: `--force` changes what it holds
    [exit status: 4]
    ");
    env.run("project export --for asterisk --as realtime queues.db --force").success();
    let expected = ["hu-support PJSIP/bob bob 99", "hu-support PJSIP/cid cid 99"];
    assert_eq!(column(&database(), members), expected);
}

#[test]
fn tables_are_written_nowhere_else() {
    let env = staffed();
    rusqlite::Connection::open(env.path("mine.db"))
        .unwrap()
        .execute_batch("CREATE TABLE mine (a)")
        .unwrap();
    let before = std::fs::read(env.path("mine.db")).unwrap();
    let said = env.run("project export --for asterisk --as realtime mine.db --force");
    assert_snapshot!(said, @"
    --- stderr ---
    error: mine.db holds something else than queues
    hint: name another file
    [exit status: 4]
    ");
    let checked = env.run("project export --for asterisk --as realtime mine.db --check");
    assert_eq!(checked.stderr, said.stderr);
    assert_eq!(std::fs::read(env.path("mine.db")).unwrap(), before);
    let store = env.store();
    let line = format!("project export --for asterisk --as realtime {} --force", store.display());
    assert_eq!(env.run(line.as_str()).status, Some(4));
    assert_snapshot!(env.run("project export --for asterisk --as realtime"), @"
    --- stderr ---
    error: a database cannot be written to stdout, or read from stdin
    hint: name a FILE
    [exit status: 2]
    ");
    assert_snapshot!(env.run("project export --for vicidial --as realtime x.db"), @"
    --- stderr ---
    error: --as realtime is a form of --for asterisk
    [exit status: 2]
    ");
}

#[test]
fn what_a_switch_shows_is_compared() {
    let env = staffed();
    let tiers = "queue|agent|state|level|position\n\
                 en-support|james|Ready|1|1\n\
                 hu-support|bob|Ready|2|1\n\
                 hu-support|cid|Ready|1|1\n\
                 hu-support|james|Ready|3|1\n\n+OK\n";
    let check =
        |shown: &str| env.call("project export --for freeswitch --check").stdin(shown).output();
    assert_snapshot!(check(tiers), @"
    --- stderr ---
    what stdin tells is up to date
    [exit status: 0]
    ");
    assert_snapshot!(check(&tiers.replace("bob|Ready|2", "zed|Ready|2").replace("cid|Ready|1", "cid|Ready|3")), @"
    --- stderr ---
    hu-support: bob is missing
    hu-support: cid has 3 in place of 1
    hu-support: zed does not belong there
    error: what stdin tells is not up to date
    hint: write it again without --check
    [exit status: 13]
    ");
    assert_snapshot!(check("-ERR no reply\n"), @"
    --- stderr ---
    error: what stdin tells is not up to date
    hint: write it again without --check
    [exit status: 13]
    ");
}
