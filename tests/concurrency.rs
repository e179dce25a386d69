//! Many processes in one store.

use std::fs;
use std::io::{self, PipeReader, Write as _};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_setfl};

use crate::common::{Output, PROGRAM, TestEnv};

#[test]
fn eight_times_twenty_five_creates_make_two_hundred_users() {
    let env = TestEnv::new();
    env.run("project create hu-support").success();
    thread::scope(|scope| {
        for worker in 0..8 {
            let env = &env;
            scope.spawn(move || {
                for number in 0..25 {
                    env.run(&*format!(
                        "user create u{worker}-{number} --name 'User {number}' --role agent \
                         --project hu-support --generate-password"
                    ))
                    .success();
                }
            });
        }
    });
    assert_eq!(env.run("user list --count").stdout, "200\n");
    assert_eq!(env.run("user list --project hu-support --count").stdout, "200\n");
    assert_eq!(env.audit().len(), 201);
    crate::store::check_chain(&env);
}

#[test]
fn of_many_first_users_one_makes_the_store() {
    let env = TestEnv::new();
    let outputs: Vec<Output> = thread::scope(|scope| {
        let handles: Vec<_> = (0..12)
            .map(|number| {
                let env = &env;
                scope.spawn(move || env.run(&*format!("team create t{number}")))
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    let made = outputs.iter().filter(|output| output.stderr.contains("created the store")).count();
    for output in outputs {
        output.success();
    }
    assert_eq!(made, 1);
    assert_eq!(env.run("team list --count").stdout, "12\n");
    let folder = env.store().parent().unwrap().to_owned();
    let mut left: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["ccadmin.db", "ccadmin.db-shm", "ccadmin.db-wal"]);
}

#[test]
fn of_two_who_create_the_same_user_one_wins() {
    let env = TestEnv::with_places();
    for round in 0..5 {
        let line = format!("user create u{round} --name U --role agent --generate-password");
        let lenient = format!("{line} --if-not-exists");
        let statuses: Vec<Option<i32>> = thread::scope(|scope| {
            let handles: Vec<_> = (0..4).map(|_| scope.spawn(|| env.run(&*line).status)).collect();
            let lenient = scope.spawn(|| env.run(&*lenient).status);
            let mut statuses: Vec<_> =
                handles.into_iter().map(|handle| handle.join().unwrap()).collect();
            statuses.sort_unstable();
            assert_eq!(lenient.join().unwrap(), Some(0));
            statuses
        });
        assert!(statuses[1..] == [Some(4); 3], "{statuses:?}");
    }
    assert_eq!(env.run("user list --count").stdout, "5\n");
}

#[test]
fn of_two_last_admins_one_stays() {
    for _ in 0..5 {
        let env = TestEnv::new();
        env.run("user create a --name A --role admin --generate-password").success();
        env.run("user create b --name B --role admin --generate-password").success();
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| env.run("user deactivate a").status);
            let other = scope.spawn(|| env.run("user deactivate b").status);
            (one.join().unwrap(), other.join().unwrap())
        });
        assert_eq!([one, other].iter().filter(|status| **status == Some(4)).count(), 1);
        assert_eq!(env.run("user list --state active --count").stdout, "1\n");
    }
}

/// The password is verified, hashed anew for a while, and meanwhile set by somebody else.
#[test]
fn of_two_changes_of_one_password_one_wins() {
    let env = TestEnv::new();
    let first = crate::common::PASSWORD;
    env.call("user create a --name A --role agent --password-stdin")
        .stdin(format!("{first}\n"))
        .output()
        .success();
    let new = |number: usize| format!("Kissen am Fenster, das {number}. von allen");
    let mut statuses: Vec<Option<i32>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..4)
            .map(|number| {
                let lines = format!("{first}\n{}\n", new(number));
                let env = &env;
                scope.spawn(move || {
                    env.call("passwd a --own --password-stdin").stdin(lines).output().status
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [Some(0), Some(6), Some(6), Some(6)]);
}

/// R36: nobody waits for a command whose output nobody reads.
#[test]
fn a_reader_who_never_reads_keeps_nobody_waiting() {
    let env = TestEnv::with_users();
    env.config("[store]\nbusy_timeout = \"1s\"\n");
    env.write("roster.csv", "username,full_name,roles\nann,Ann,agent\ntom,Tom,requester\n");
    for (number, line) in [
        "user list",
        "user list -o json",
        "user show james",
        "user export",
        "user create new --name New --role agent --generate-password",
        "user update james --language hu -o json",
        "user import roster.csv --generate-passwords --each -o jsonl",
        "passwd eva --generate-password",
        "project list",
        "audit list",
        "audit verify",
        "store info",
    ]
    .into_iter()
    .enumerate()
    {
        let (_reader, writer) = full_pipe();
        let mut command = env.command(PROGRAM);
        command.args(line.split(' ')).stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = command.stdout(writer).spawn().unwrap();
        drop(command);
        let waits_at = format!("/proc/{}/wchan", child.id());
        for _ in 0..500 {
            if fs::read_to_string(&waits_at).is_ok_and(|place| place.contains("pipe_write")) {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert!(child.try_wait().unwrap().is_none(), "{line}: it waits for its reader");
        env.run(&*format!("team create t{number}")).success();
        assert!(child.try_wait().unwrap().is_none(), "{line}: it waits for its reader");
        child.kill().unwrap();
        child.wait().unwrap();
    }
    crate::store::check_chain(&env);
}

/// A pipe that takes nothing any more.
fn full_pipe() -> (PipeReader, Stdio) {
    let (reader, mut writer) = io::pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    while writer.write(&[0; 4_096]).is_ok() {}
    while writer.write(&[0]).is_ok() {}
    fcntl_setfl(&writer, OFlags::empty()).unwrap();
    (reader, writer.into())
}
