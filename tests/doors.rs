//! The programs under `examples/doors/` through which others ask for a password: each as its caller
//! calls it, and by a real PAM, Apache, Dovecot and `freeradius` where they are here.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::common::{PASSWORD, PROGRAM, is_root, skipped};

/// The temporary password of `tom`.
const TEMPORARY: &str = "erste Kanne, noch ohne Tee";

/// A folder with a store, the program and one of the examples, all of it an account's.
struct Door {
    folder: TempDir,
    account: Option<(u32, u32)>,
}

impl Door {
    fn new(account: Option<&str>) -> Self {
        let number = |option: &str, name: &str| {
            let output = Command::new("id").args([option, name]).output().unwrap();
            String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().unwrap()
        };
        let account = account.map(|name| (number("-u", name), number("-g", name)));
        let folder = TempDir::with_prefix("ccadmin-doors-").unwrap();
        let door = Self { folder, account };
        fs::create_dir(door.path("bin")).unwrap();
        fs::copy(PROGRAM, door.path("bin/ccadmin")).unwrap();
        door.give(door.folder.path());
        door.ccadmin("store init", "");
        for (name, password, option) in
            [("eva", PASSWORD, "--permanent-password"), ("tom", TEMPORARY, "--expires 7d")]
        {
            let line =
                format!("user create {name} --name X --role agent --password-stdin {option}");
            door.ccadmin(&line, password);
        }
        door
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn give(&self, path: &Path) {
        if let Some((uid, gid)) = self.account {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    /// A file of the account's.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        self.give(&path);
        path
    }

    fn ccadmin(&self, line: &str, stdin: &str) {
        let mut command = Command::new(self.path("bin/ccadmin"));
        command.args(line.split(' ')).env_clear().env("CCADMIN_DATABASE", self.path("a.db"));
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        let output = fed(command.current_dir(self.folder.path()), stdin);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// An example that finds this program and this store, and nothing else of it changed.
    fn example(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/doors");
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let (old_path, old_call) = ("PATH=/usr/local/bin:/usr/bin:/bin\n", "env -i PATH=\"$PATH\"");
        assert!(text.contains(old_path) && text.matches(old_call).count() == 1, "{name}");
        let bin = self.path("bin");
        let text =
            text.replace(old_path, &format!("PATH={}:/usr/bin:/bin\n", bin.display())).replace(
                old_call,
                &format!("{old_call} CCADMIN_DATABASE={}", self.path("a.db").display()),
            );
        self.write(name, &text)
    }
}

fn fed(command: &mut Command, stdin: &str) -> Output {
    use std::io::Write as _;

    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who is turned away at once reads none of it.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

/// Whether these programs are here, and root, who alone can start them.
fn are_here(paths: &[&str]) -> bool {
    let missing = paths.iter().find(|path| !Path::new(path).exists());
    match missing {
        Some(path) => skipped(&format!("there is no {path} here")),
        None if !is_root() => skipped("a server that serves others takes root"),
        None => {}
    }
    missing.is_none() && is_root()
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.0.id().try_into().unwrap()).unwrap();
        let _ = kill_process(pid, Signal::TERM);
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command) -> Server {
    Server(
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(),
    )
}

#[track_caller]
fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    for _ in 0..300 {
        if is_there() {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("{what} does not come");
}

/// Who is let in by `ask`, which is given a name and a password.
#[track_caller]
fn lets_in_who_should(ask: impl Fn(&str, &str) -> bool) {
    assert!(ask("eva", PASSWORD));
    assert!(!ask("eva", "some other password"));
    assert!(!ask("Eva", PASSWORD));
    assert!(!ask("tom", TEMPORARY));
    assert!(!ask("--as-owner", PASSWORD));
}

#[test]
fn each_door_is_called_as_its_program_calls_it() {
    let door = Door::new(None);
    let run = |name: &str| {
        let mut command = Command::new(door.example(name));
        command.env_clear().env("CCADMIN_OUTPUT", "nonsense");
        command
    };
    let code = |output: Output| output.status.code().unwrap();
    let pam = |user: &str, password: &str| {
        code(fed(run("pam.sh").env("PAM_USER", user), &format!("{password}\0")))
    };
    let apache = |user: &str, password: &str| {
        code(fed(&mut run("apache.sh"), &format!("{user}\n{password}\n")))
    };
    let dovecot = |user: &str, password: &str| {
        let mut command = Command::new("sh");
        let script = "exec \"$0\" sh -c 'echo \"in as $USER\"' 3<&0 </dev/null";
        command.arg("-c").arg(script).arg(door.example("dovecot.sh"));
        let output = fed(command.env_clear(), &format!("{user}\0{password}\0"));
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(said == format!("in as {user}\n"), output.status.success(), "{said}");
        code(output)
    };
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let radius = |user: &str, password: &str| {
        let mut command = run("radius.sh");
        code(fed(command.env("USER_NAME", quoted(user)).env("USER_PASSWORD", quoted(password)), ""))
    };
    for (what, ask) in [
        ("pam", &pam as &dyn Fn(&str, &str) -> i32),
        ("apache", &apache),
        ("dovecot", &dovecot),
        ("radius", &radius),
    ] {
        println!("{what}");
        lets_in_who_should(|user, password| ask(user, password) == 0);
    }
    assert_eq!((dovecot("tom", TEMPORARY), radius("tom", TEMPORARY)), (1, 1));
    assert_eq!(code(run("radius.sh").env("USER_NAME", "\"eva\"").output().unwrap()), 1);

    let odd = r#"  hegy "es\"völgy\\ árnyék' $x `77  "#;
    door.ccadmin("passwd eva --password-stdin --permanent-password", odd);
    for ask in [&pam as &dyn Fn(&str, &str) -> i32, &apache, &dovecot, &radius] {
        assert_eq!((ask("eva", odd), ask("eva", odd.trim())), (0, ask("eva", PASSWORD)));
    }

    // What is out of order is no wrong password.
    fs::write(door.path("a.db"), "no store").unwrap();
    assert_eq!((dovecot("eva", odd), radius("eva", odd)), (111, 2));
}

/// A service of PAM that goes with the test.
struct Service(PathBuf);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn pam_lets_in() {
    if !are_here(&["/usr/bin/pamtester"]) {
        return;
    }
    let door = Door::new(None);
    let name = format!("ccadmin-test-{}", std::process::id());
    let service = Service(Path::new("/etc/pam.d").join(&name));
    let text = format!(
        "auth requisite pam_exec.so expose_authtok quiet {}\naccount required pam_permit.so\n",
        door.example("pam.sh").display()
    );
    fs::write(&service.0, text).unwrap();
    lets_in_who_should(|user, password| {
        let mut command = Command::new("pamtester");
        let output = fed(command.args([&name, user, "authenticate"]), &format!("{password}\n"));
        output.status.success()
    });
}

#[test]
fn apache_lets_in() {
    const MODULES: &str = "/usr/lib/apache2/modules";
    let external = format!("{MODULES}/mod_authnz_external.so");
    if !are_here(&["/usr/sbin/apache2", &external, "/usr/bin/curl"]) {
        return;
    }
    let door = Door::new(Some("www-data"));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = door.folder.path().display();
    let mut settings = format!(
        "ServerRoot {folder}\nServerName localhost\nPidFile {folder}/pid\nMutex file:{folder} default\n\
         ErrorLog {folder}/log\nListen 127.0.0.1:{port}\nUser www-data\nGroup www-data\n\
         DocumentRoot {folder}/www\n"
    );
    for module in [
        "mpm_event",
        "authn_core",
        "authz_core",
        "authz_user",
        "auth_basic",
        "authn_socache",
        "socache_shmcb",
        "authnz_external",
    ] {
        let _ = writeln!(settings, "LoadModule {module}_module {MODULES}/mod_{module}.so");
    }
    // The lines are those of the example itself.
    let example = fs::read_to_string(door.example("apache.sh")).unwrap();
    let lines = example.lines().skip_while(|line| !line.contains("DefineExternalAuth"));
    for line in lines.take_while(|line| line.starts_with("#  ")) {
        let line = line.trim_start_matches('#').replace("/wallboard", "/");
        let program = door.path("apache.sh").display().to_string();
        settings += &line.replace("/usr/local/lib/ccadmin/apache.sh", &program);
        settings.push('\n');
    }
    fs::create_dir(door.path("www")).unwrap();
    fs::set_permissions(door.path("www"), Permissions::from_mode(0o755)).unwrap();
    door.write("www/index.html", "welcome");
    let settings = door.write("apache.conf", &settings);
    let _server = start(Command::new("apache2").arg("-X").arg("-f").arg(settings));
    wait_for("Apache", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    lets_in_who_should(|user, password| {
        let mut command = Command::new("curl");
        command.args(["-s", "-f", "-u", &format!("{user}:{password}")]);
        let output = command.arg(format!("http://127.0.0.1:{port}/index.html")).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 22)), "{output:?}");
        output.stdout == b"welcome"
    });
}

#[test]
fn dovecot_lets_in() {
    if !are_here(&["/usr/sbin/dovecot", "/usr/bin/doveadm"]) {
        return;
    }
    let door = Door::new(Some("dovecot"));
    let folder = door.folder.path().display();
    fs::set_permissions(door.folder.path(), Permissions::from_mode(0o755)).unwrap();
    let settings = format!(
        "base_dir = {folder}/run\nstate_dir = {folder}/run\nprotocols =\nssl = no\n\
         log_path = {folder}/log\nauth_mechanisms = plain\nauth_username_format = %u\n\
         auth_failure_delay = 0\n\
         passdb {{\n  driver = checkpassword\n  args = {}\n}}\n\
         userdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home=/tmp\n}}\n",
        door.example("dovecot.sh").display()
    );
    let settings = door.write("dovecot.conf", &settings);
    let _server = start(Command::new("dovecot").arg("-F").arg("-c").arg(&settings));
    wait_for("Dovecot", || door.path("run/auth-client").exists());
    lets_in_who_should(|user, password| {
        let mut command = Command::new("doveadm");
        command.arg("-c").arg(&settings).args(["auth", "test", "--", user, password]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!said.contains("temp_fail"), "{said}");
        output.status.success()
    });
}

#[test]
fn freeradius_lets_in() {
    if !are_here(&["/usr/sbin/freeradius", "/usr/bin/radtest"]) {
        return;
    }
    let door = Door::new(Some("freerad"));
    let folder = door.folder.path().display();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let example = fs::read_to_string(door.example("radius.sh")).unwrap();
    let block = |begin: &str, end: &str| {
        let lines = example.lines().skip_while(|line| line.trim_start_matches('#').trim() != begin);
        let mut block = String::new();
        for line in lines {
            let line = line.trim_start_matches('#').trim_end();
            block.push_str(line);
            block.push('\n');
            if line == end {
                break;
            }
        }
        block.replace("/usr/local/lib/ccadmin/radius.sh", &format!("{folder}/radius.sh"))
    };
    let settings = format!(
        "prefix = /usr\nlibdir = /usr/lib/freeradius\nlogdir = {folder}\nrun_dir = {folder}\n\
         log {{\n destination = files\n file = {folder}/log\n}}\n\
         client localhost {{\n ipaddr = 127.0.0.1\n secret = testing123\n}}\n\
         modules {{\n{}}}\n\
         server default {{\n listen {{\n  type = auth\n  ipaddr = 127.0.0.1\n  port = {port}\n }}\n\
         {}{}}}\n",
        block("exec ccadmin {", "   }"),
        block("authorize {", "   }"),
        block("authenticate {", "   }"),
    );
    door.write("radiusd.conf", &settings);
    let mut command = Command::new("freeradius");
    if let Some((uid, gid)) = door.account {
        command.uid(uid).gid(gid);
    }
    let _server = start(command.arg("-f").arg("-d").arg(door.folder.path()));
    let ask = |user: &str, password: &str| {
        let mut command = Command::new("radtest");
        let server = format!("127.0.0.1:{port}");
        let output = command.args([user, password, &server, "0", "testing123"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    wait_for("FreeRADIUS", || ask("nobody", "nothing").contains("Received Access-Reject"));
    lets_in_who_should(|user, password| ask(user, password).contains("Received Access-Accept"));
}
