//! How messages name the credentials file, and errors for paths that are not the user's own file.

use crate::support::{Home, Run, TWAUTH, installed};

fn on_terminal(run: Run) -> String {
    let ended = run.on_terminal().finish();
    assert_eq!(ended.code, 4, "{ended:?}");
    ended.screen.replace(['\r', '\n'], "")
}

#[test]
fn a_tilde_stands_for_the_home_only_before_a_person_who_is_themselves() {
    let home = Home::new();
    let whole = format!("there is no credentials file {}", home.shown("tw.json"));
    let verify = || home.twauth(["verify"]);
    let screen = on_terminal(verify());
    assert!(screen.contains("no credentials file ~/tw.json"), "{screen}");
    let screen = on_terminal(verify().env("SUDO_USER", "somebody"));
    assert!(screen.contains(&whole), "{screen}");
    verify().exits(4).assert_says(&whole);
    let elsewhere = || home.twauth(["verify", "-c", "own bots.json"]);
    let screen = on_terminal(elsewhere());
    assert!(screen.contains("file own bots.json"), "{screen}");
    let output = elsewhere().exits(4);
    output.assert_says(&home.shown("own bots.json"));
    let screen = on_terminal(elsewhere().without_env("HOME"));
    assert!(screen.contains(&home.shown("own bots.json")), "{screen}");
}

#[test]
fn a_pipe_with_a_name_leads_to_standard_input() {
    let home = Home::new();
    let text = home.account("sandbox").to_string();
    for words in [
        &["list", "-c", "/dev/stdin"][..],
        &["verify", "-c", "/dev/fd/0"],
        &["import", "/dev/stdin"],
    ] {
        let output = home.twauth(words).stdin(&*text).exits(1);
        let output = output.assert_says("it is not a regular file");
        output.assert_says("hint: to read credentials from a pipe, use `-c -`");
    }
    let list = home.twauth(["list", "-c", "-"]).stdin(&*text);
    list.exits(0);
    if installed::works("bash", &["--version"], "a name for a pipe") {
        home.write("tw.json", &text);
        let script = "\"$0\" list -c <(cat tw.json)";
        let bash = home.program("bash").args(["-c", script, TWAUTH]);
        bash.exits(1).assert_says("use `-c -`");
    }
}

#[test]
fn a_file_that_root_wrote_for_a_user_is_given_to_the_user() {
    if !rustix::process::geteuid().is_root()
        || !installed::works("setpriv", &["--version"], "another user")
    {
        return;
    }
    let home = Home::with_account("sandbox");
    home.set_mode("", 0o755);
    let program = home.path("twauth");
    // By a process of its own, so that no other test's child holds it open for writing.
    let copy = home.program("cp").args([TWAUTH, "twauth"]);
    copy.exits(0);
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    let as_nobody = |words: &[&str]| home.program(&program).args(words).before(&nobody).run();
    let chown = format!("sudo chown \"$USER\" {}", home.shown("tw.json"));
    let output = as_nobody(&["tweet", "hi"]).assert_code(1);
    let output = output.assert_says("permission denied");
    output.assert_says(&format!("hint: {chown}\n"));
    let output = as_nobody(&["doctor", "--sandbox", "-c", "tw.json"]).assert_code(1);
    assert!(
        output.stdout.contains(&format!("-> {chown}\n")),
        "{output:?}"
    );
    assert!(!output.stdout.contains("chmod"), "{output:?}");
}
