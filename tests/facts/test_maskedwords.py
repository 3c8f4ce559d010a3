"""Is a command shown without its passwords, and does the rest of it stay readable?"""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts.maskedwords import hidden_in, masked_words

SECRET = "hunter2"  # noqa: S105 - what must not be shown


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("PGPASSWORD=hunter2 restart-odoo", "PGPASSWORD=*** restart-odoo"),
        ("env PGPASSWORD=hunter2 restart-odoo now", "env PGPASSWORD=*** restart-odoo now"),
        ("docker run -e DB_PASSWORD=hunter2 odoo", "docker run -e DB_PASSWORD=*** odoo"),
        ("odoo --db_password=hunter2 -p 8069", "odoo --db_password=*** -p 8069"),
        ("odoo --db_password hunter2 -p 8069", "odoo --db_password *** -p 8069"),
        ("odoo -w hunter2 -p 8069", "odoo -w *** -p 8069"),
        ("odoo -whunter2 -p 8069", "odoo -w*** -p 8069"),
        ("odoo -w --password hunter2", "odoo -w *** ***"),
        ("tool --password 'hunter2 hunter2' go", "tool --password *** go"),
        ("supervisorctl -u me -p hunter2 restart odoo", "supervisorctl -u me -p *** restart odoo"),
        ("sshpass -phunter2 ssh host", "sshpass -p*** ssh host"),
        ("curl -u me:hunter2 http://host/restart", "curl -u *** http://host/restart"),
        ("curl http://me:hunter2@host/restart", "curl http://***@host/restart"),
        ("curl 'http://me:hunter2&hunter2@host/'", "curl http://***@host/"),
        ("curl me:hunter2@host/restart", "curl me:***@host/restart"),
        ("curl 'http://host/?token=hunter2&now=1'", "curl 'http://host/?token=***&now=1'"),
        ("curl -H 'X-Api-Key: hunter2' host", "curl -H 'X-Api-Key: ***' host"),
        ("curl -H 'Authorization: Bearer hunter2' host", "curl -H 'Authorization: ***' host"),
        ("psql 'host=db password=hunter2 user=odoo'", "psql 'host=db password=*** user=odoo'"),
    ],
)
def test_a_password_among_the_words_is_not_shown(command: str, shown: str) -> None:
    assert masked_words(shlex.split(command)) == shlex.split(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PGPASSWORD=hunter2 restart; true", "PGPASSWORD=*** restart; true"),
        ("export PGPASSWORD='hunter2 x'&&restart", "export PGPASSWORD=***&&restart"),
        ("(PGPASSWORD=hunter2 restart)", "(PGPASSWORD=*** restart)"),
        ('odoo --password "hunter2 x" -p 8069', "odoo --password *** -p 8069"),
        ("odoo '--password' 'hunter2'", "odoo '--password' ***"),
        ('ssh host "odoo -w hunter2"', 'ssh host "odoo -w ***"'),
        ("echo hunter2 | sudo -S restart", "echo *** | sudo -S restart"),
        ("echo hunter2|sudo -S restart", "echo ***|sudo -S restart"),
        ("sudo -S restart <<< hunter2", "sudo -S restart <<< ***"),
        ("restart --password='hunter2", "restart --password=***"),
    ],
)
@pytest.mark.parametrize("shell", [["sh", "-c"], ["bash", "-lc"], ["su", "odoo", "-c"]])
def test_a_password_in_what_a_shell_reads_is_not_shown(
    shell: list[str], text: str, shown: str
) -> None:
    assert masked_words([*shell, text]) == [*shell, shown]


@pytest.mark.parametrize(
    "command",
    [
        "systemctl --user --machine=1000@ restart odoo.service",
        "supervisorctl -s unix:///run/supervisor.sock restart shop:odoo",
        "docker compose -p shop -f /srv/compose.yml restart odoo",
        "ssh -p 22 root@shop systemctl restart odoo",
        "sh -c 'cd /srv && ./restart --wait 5 2>&1'",
        "echo restarted",
        "tool --password-file /etc/odoo/secret --workers=4",
    ],
)
def test_what_is_no_password_is_shown_as_it_is(command: str) -> None:
    words = shlex.split(command)

    assert masked_words(words) == words
    assert hidden_in(words, words) == []


@pytest.mark.parametrize(
    "command",
    [
        "odoo -w hunter2",
        "odoo --db_password='hunter2'",
        "sh -c 'PGPASSWORD=hunter2 restart'",
        "curl http://me:hunter2@host/",
    ],
)
def test_what_was_taken_out_is_known_so_that_it_can_be_taken_out_of_an_answer(
    command: str,
) -> None:
    words = shlex.split(command)

    assert any(SECRET in found for found in hidden_in(words, masked_words(words)))


@given(st.lists(st.text(alphabet="ab-wp=:'\"\\ |;<@/", max_size=20), max_size=6))
def test_any_words_are_shown_one_for_one_and_once_masked_stay_so(words: list[str]) -> None:
    shown = masked_words(words)

    assert len(shown) == len(words)
    assert len(hidden_in(words, shown)) <= sum(word.count("***") for word in shown)


@given(st.text(alphabet="abcxyz0123456789!#%", min_size=1))
def test_whatever_the_password_is_it_is_not_shown(secret: str) -> None:
    password = f"Q{secret}Q"
    words = [f"PGPASSWORD={password}", "odoo", "-w", password, f"--smtp-password={password}"]

    assert not any(password in word for word in masked_words(words))
