//! What changes between the two readings, and what stops an import.

use super::*;

#[test]
fn somebody_who_changed_meanwhile_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.agent("a", &[]);
    house.agent("other", &[]);
    let cases: [(&str, &str, Option<&str>); 3] = [
        ("username,full_name\na,New\n", "a", Some("`a`")),
        ("username,full_name,roles\nnew,New,agent\n", "new", Some("`new`")),
        ("username,full_name\na,Newer\n", "other", None),
    ];
    for (number, (file, changes, stale)) in cases.into_iter().enumerate() {
        let place = path.clone();
        let act = move || {
            let mut other = TestDirectory::on(&place);
            let name = of(&format!("Changed {number}"));
            let update =
                crate::directory::UserUpdate { full_name: Some(name), ..Default::default() };
            if changes == "new" {
                other.agent("new", &[]);
            } else {
                other.update(changes, &update).unwrap();
            }
        };
        let mut notes = Notes { when_read: Some(Box::new(act)), ..Notes::default() };
        let result = house.import(Cursor::new(file), &updating(), &mut notes);
        match (result, stale) {
            (Err(Error::PlanStale { what }), Some(name)) => assert_eq!(what, name),
            (Ok(_), None) => assert_eq!(house.user("a").full_name.as_str(), "Newer"),
            (result, _) => panic!("{changes}: {result:?}"),
        }
    }
}

/// R61: an admin who was created since the plan was made has the guard of any other.
#[test]
fn a_case_twin_of_an_admin_is_noticed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.agent("BOB", &[]);
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    let new = new_user("sue", &[Role::Supervisor]);
    house.create_user(&new, Some(&password)).unwrap();
    house.acts_as("sue");
    let leaving = ImportOptions {
        on_conflict: OnConflict::Skip,
        deactivate_missing: Some(DeactivateMissing {
            within: roles(&[Role::Agent]),
            most: DeactivationLimit::Percent(100),
        }),
        ..without_passwords()
    };
    let cases = [
        ("username,full_name,roles\nANNA,A,agent\n", without_passwords(), "anna", "ANNA"),
        ("username,full_name\nBOB,New\n", updating(), "bob", "BOB"),
        ("username,full_name,roles\ncarl,C,agent\n", leaving, "Bob", "BOB"),
    ];
    for (file, options, admin, stale) in cases {
        let place = path.clone();
        let act = move || drop(TestDirectory::on(&place).admin(admin));
        let mut notes = Notes { when_read: Some(Box::new(act)), ..Notes::default() };
        let result = house.import(Cursor::new(file), &options, &mut notes);
        let stale = format!("`{stale}`");
        assert!(matches!(&result, Err(Error::PlanStale { what }) if *what == stale), "{result:?}");
        // The next case begins without that admin.
        house.store().sql(&format!("DELETE FROM users WHERE username = '{admin}'"));
    }
    assert_eq!(house.user("BOB").state, State::Active);
}

#[test]
fn a_file_that_changes_meanwhile_is_noticed() {
    use std::cell::RefCell;
    use std::io::{Read, Seek, SeekFrom};
    use std::sync::{Arc, Mutex};

    #[derive(Clone)]
    struct Shared(Arc<Mutex<Vec<u8>>>, u64);
    impl Read for Shared {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let bytes = self.0.lock().unwrap();
            let start = usize::try_from(self.1).unwrap().min(bytes.len());
            let count = buffer.len().min(bytes.len() - start);
            buffer[..count].copy_from_slice(&bytes[start..start + count]);
            self.1 += count as u64;
            Ok(count)
        }
    }
    impl Seek for Shared {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            let SeekFrom::Start(at) = to else { panic!("{to:?}") };
            self.1 = at;
            Ok(at)
        }
    }

    let mut house = house();
    let old = "username,full_name,roles\na,A,agent\n";
    for new in [
        "username,full_name,roles\nb,A,agent\n",
        "username,full_name,roles\na,A,agent\nb,B,agent\n",
        "username,full_name,roles\n",
        "",
    ] {
        let bytes = Arc::new(Mutex::new(old.as_bytes().to_vec()));
        let file = Shared(Arc::clone(&bytes), 0);
        let act = RefCell::new(Some(new));
        let change = move || *bytes.lock().unwrap() = act.take().unwrap().as_bytes().to_vec();
        let mut notes = Notes { when_read: Some(Box::new(change)), ..Notes::default() };
        let before = house.store().dump();
        let result = house.import(file, &without_passwords(), &mut notes);
        assert!(
            matches!(&result, Err(Error::PlanStale { what }) if what == "the file"),
            "{result:?}"
        );
        assert_eq!(house.store().dump(), before);
    }
}

/// Where many are created the indexes are built anew: they are the same, and so is the layout.
#[test]
fn many_users_leave_the_layout_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.projects_named(&["hu-support"]);
    let many = (0..20_000).map(|number| format!("u{number},N,agent,hu-support\n"));
    let file = format!("username,full_name,roles,projects\n{}", many.collect::<Vec<_>>().concat());
    let mut notes = Notes { stop_at: Some(ImportPhase::Writing), ..Notes::default() };
    let stopped = house.import(Cursor::new(file.clone()), &without_passwords(), &mut notes);
    assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    drop(house);
    let mut house = TestDirectory::on(&path);
    let (done, _) = import(&mut house, &file, &without_passwords());
    assert_eq!(done.unwrap().created, 20_000);
    drop(house);
    // Opening compares the layout with the one that the migrations make.
    let house = TestDirectory::on(&path);
    let mut findings = Vec::new();
    house.store().check_content(|finding| findings.push(finding)).unwrap();
    assert_eq!(findings, [""; 0]);
    let mut agents = 0;
    house
        .project_agents(&of("hu-support"), |_| {
            agents += 1;
            true
        })
        .unwrap();
    assert_eq!(agents, 20_000);
}

#[test]
fn whoever_looks_on_can_stop_it() {
    let mut house = house();
    let many = (0..700).map(|number| format!("u{number},N,agent\n")).collect::<Vec<_>>().concat();
    let file = format!("username,full_name,roles\n{many}");
    for phase in [ImportPhase::Reading, ImportPhase::Writing] {
        let before = house.store().dump();
        let mut notes = Notes { stop_at: Some(phase), ..Notes::default() };
        let result = house.import(Cursor::new(file.clone()), &without_passwords(), &mut notes);
        assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
        assert_eq!(house.store().dump(), before);
    }
}
