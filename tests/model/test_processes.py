"""How many processes does a setting make?"""

from __future__ import annotations

from workeroo.model.processes import processes


def test_workers_counts_http_workers_only() -> None:
    made = processes(workers=9, max_cron_threads=1)

    assert made.total == 12
    assert made.text == "9 HTTP + 1 cron + 1 evented + 1 master = 12"


def test_a_threaded_server_is_one_process_whatever_its_cron_threads() -> None:
    made = processes(workers=0, max_cron_threads=2)

    assert made.total == 1
    assert made.text == "1 threaded server"


def test_a_negative_number_of_workers_starts_only_crons_and_the_evented_process() -> None:
    assert processes(workers=-1, max_cron_threads=2).text == "2 cron + 1 evented + 1 master = 4"


def test_without_http_only_master_and_crons_remain() -> None:
    made = processes(workers=4, max_cron_threads=2, http_enable=False)

    assert made.text == "2 cron + 1 master = 3"
