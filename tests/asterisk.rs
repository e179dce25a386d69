//! A real Asterisk draws as the weights say: 800 calls and more through the queue that
//! `ccadmin project export --for asterisk` writes.
//!
//! It takes root, mmdebstrap and unshare, and a minute or two, and runs where `CCADMIN_ASTERISK` names
//! a folder: a Debian with Asterisk is put there, unless it is there already.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::{TestEnv, skipped};

/// The last Debian whose Asterisk is a stable package.
const SUITE: &str = "bullseye";

/// So many calls at least.
const CALLS: u32 = 800;

/// Who takes calls, with which weight.
const AGENTS: [(&str, u32); 3] = [("agent-a", 10), ("agent-b", 20), ("agent-c", 70)];

/// One caller after the other, until it is stopped. Every agent answers and ends the call at once, so that all are free whenever one is drawn.
const DIALPLAN: &str = "[agents]
exten => _[a-z].,1,Answer()
 same => n,Hangup()

[calls]
exten => s,1,Answer()
 same => n,While(1)
 same => n,Queue(hu-support,c)
 same => n,Wait(0.03)
 same => n,EndWhile()
";

const MODULES: &str = "[modules]
autoload=no
load=app_queue.so
load=app_while.so
load=bridge_simple.so
load=pbx_config.so
load=res_clioriginate.so
";

/// An Asterisk that runs, without a network, in a folder of its own.
struct Asterisk {
    folder: PathBuf,
    process: Child,
}

impl Asterisk {
    fn start(folder: PathBuf, queues: &str) -> Self {
        let settings = folder.join("etc/asterisk");
        fs::write(settings.join("queues.conf"), queues).unwrap();
        fs::write(settings.join("extensions.conf"), DIALPLAN).unwrap();
        fs::write(settings.join("modules.conf"), MODULES).unwrap();
        let process = Command::new("unshare")
            .args(["--net", "--pid", "--fork", "--kill-child"])
            .arg(format!("--mount-proc={}", folder.join("proc").display()))
            .arg("chroot")
            .arg(&folder)
            .args(["asterisk", "-nf"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { folder, process }
    }

    /// What Asterisk answers to a command; nothing until it is up.
    fn says(&self, command: &str) -> String {
        let output = Command::new("chroot")
            .arg(&self.folder)
            .args(["asterisk", "-nrx", command])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        if output.status.success() {
            String::from_utf8(output.stdout).unwrap()
        } else {
            String::new()
        }
    }

    /// What `queue show` says once `done` is content with it.
    fn shows(&self, seconds: u64, done: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            let shown = self.says("queue show hu-support");
            if done(&shown) {
                return shown;
            }
            assert!(Instant::now() < deadline, "{shown}");
            sleep(Duration::from_millis(500));
        }
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The folder for it, where the test is wanted.
#[expect(clippy::disallowed_methods, reason = "whether it is wanted is said from outside")]
fn wanted_in() -> Option<PathBuf> {
    env::var_os("CCADMIN_ASTERISK").map(PathBuf::from)
}

/// Puts a Debian with Asterisk into `folder`.
fn install(folder: &Path) {
    // Where packages come from here, for another suite.
    let indexes = Command::new("apt-get")
        .args(["indextargets", "--format", "$(REPO_URI) $(COMPONENT)"])
        .output()
        .unwrap();
    let indexes = String::from_utf8(indexes.stdout).unwrap();
    let mirror = indexes
        .lines()
        .filter_map(|line| line.strip_suffix(" main"))
        .find(|address| address.trim_end_matches('/').ends_with("/debian"))
        .unwrap();
    let status = Command::new("mmdebstrap")
        .args(["--quiet", "--variant=apt", "--include=asterisk"])
        .arg("--keyring=/usr/share/keyrings/debian-archive-bullseye-stable.gpg")
        .args([SUITE, folder.to_str().unwrap(), mirror])
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// How many calls an agent has taken, as `queue show` tells it.
fn taken(shown: &str, agent: &str) -> u32 {
    let member = format!("{agent} (Local/");
    let line =
        shown.lines().find(|line| line.trim_start().starts_with(&member)).unwrap_or_default();
    let count = line.split_once("has taken ").and_then(|(_, rest)| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

#[test]
fn a_real_asterisk_draws_as_the_weights_say() {
    let Some(folder) = wanted_in() else {
        return skipped("CCADMIN_ASTERISK names no folder for it");
    };
    if !folder.join("usr/sbin/asterisk").exists() {
        install(&folder);
    }
    let env = TestEnv::new();
    env.config("[switch.asterisk]\ninterface = \"Local/{username}@agents\"\n");
    env.run("project create hu-support").success();
    for (name, weight) in AGENTS {
        let line = format!(
            "user create {name} --name {name} --role agent --project hu-support:{weight} \
             --generate-password"
        );
        env.run(line.as_str()).success();
    }
    let queues = env.run("project export --for asterisk");
    queues.success();
    let asterisk = Asterisk::start(folder, &queues.stdout);
    let shown = asterisk.shows(60, |shown| shown.contains("agent-c"));
    assert!(shown.contains("'wrandom' strategy"), "{shown}");

    asterisk.says("channel originate Local/s@calls application Wait 3600");
    let all = |shown: &str| AGENTS.iter().map(|(agent, _)| taken(shown, agent)).sum::<u32>();
    let shown = asterisk.shows(900, |shown| all(shown) >= CALLS);

    let (calls, weights) =
        (f64::from(all(&shown)), AGENTS.iter().map(|(_, weight)| weight).sum::<u32>());
    for (agent, weight) in AGENTS {
        let share = f64::from(weight) / f64::from(weights);
        let off = f64::from(taken(&shown, agent)) - calls * share;
        assert!(off.abs() <= 4.0 * (calls * share * (1.0 - share)).sqrt(), "{shown}");
    }
    // What a real switch shows is what was written.
    let check = env.call("project export --for asterisk --check");
    check.stdin(asterisk.says("queue show")).output().success();
}
