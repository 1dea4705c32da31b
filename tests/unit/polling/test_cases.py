"""
The edge cases of polling, each with the tests that cover it.

`-` stands before a reason: another part of the project covers the case, or jobwait does not offer what it is about.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

CASES = {
    1: "test_a_wall_clock_step_does_not_move_the_deadline",
    2: "test_a_suspended_machine_polls_once_soon_after",
    3: "test_an_invalid_timeout_is_refused test_a_timeout_may_be_a_timedelta test_a_timeout_of_0_sends_nothing "
    "test_timeout_none_waits_without_a_deadline",
    4: "test_a_deadline_before_the_first_interval_still_polls_once",
    5: "test_a_request_in_flight_is_bounded_by_the_deadline",
    6: "test_the_last_poll_precedes_the_deadline_by_twice_the_slowest_response",
    7: "test_a_terminal_response_counts_at_the_deadline",
    8: "test_a_slow_response_causes_no_burst",
    9: "test_a_sleep_that_ends_early_is_continued",
    10: "test_a_sleep_longer_than_the_systems_limit_is_split",
    11: "- not offered: each operation has its own timeout; no argument is shared by submit, wait and results",
    12: "test_retry_after_beyond_the_deadline_ends_the_wait_at_once",  # one last poll at the deadline is not offered
    13: "test_every_form_of_retry_after_is_read_or_ignored test_a_retry_after_date_is_compared_with_the_servers_date",
    14: "test_every_form_of_retry_after_is_read_or_ignored",
    15: "test_retry_after_ms_precedes_retry_after",
    16: "test_a_429_or_503_with_retry_after_delays_the_next_poll test_retry_after_of_a_success_sets_the_interval "
    "test_retry_after_of_a_500_is_ignored",
    17: "test_retry_after_holds_for_one_interval",
    18: "test_max_retry_after_limits_it test_retry_after_below_min_interval_does_not_shorten_the_interval",
    19: "test_a_404_just_after_our_submission_is_polled_again test_a_404_after_the_grace_period_ends_the_wait "
    "test_a_404_for_a_job_seen_before_is_believed_the_second_time "
    "test_a_404_for_a_job_of_another_submitter_ends_the_wait",
    20: "test_one_odd_answer_does_not_end_a_healthy_wait test_a_refusal_of_the_service_ends_a_healthy_wait_at_once "
    "test_a_permanent_error_ends_the_wait_at_once test_a_temporary_error_does_not_end_the_wait "
    "test_a_401_is_retried_once_with_a_renewed_key",
    21: "test_a_200_without_a_status_is_a_failed_poll test_a_damaged_compressed_body_is_a_failed_poll",
    22: "test_a_redirect_is_a_failed_poll_and_is_not_followed",
    23: "test_a_poll_forbids_caches_and_compression test_progress_of_updates_never_decreases",
    24: "test_a_failed_poll_sends_one_request",
    25: "- of the fleet: tests/unit/fleet",
    26: "test_a_client_closed_during_a_wait_is_opened_again test_a_temporary_error_does_not_end_the_wait",
    27: "test_a_successful_poll_resets_the_count_of_failures test_thousands_of_failures_store_one_exception",
    28: "test_an_undocumented_status_does_not_end_the_wait test_an_undocumented_status_warns_once "
    "test_on_unknown_raise_ends_the_wait test_a_service_without_documented_live_statuses_does_not_warn",
    29: "test_a_status_is_read_in_any_spelling test_a_status_that_is_no_string_does_not_end_the_wait "
    "test_a_missing_status_is_a_failed_poll",
    30: "test_the_first_terminal_status_is_final",  # confirming an end by another poll is not offered
    31: "- no service of jobwait reports an end in its response to a submission",
    32: "- not offered: no service of jobwait has a status that waits for its caller",
    33: "test_cancelling_does_not_end_the_wait test_a_success_after_a_cancel_request_is_a_success",
    34: "test_results_before_the_end_raise_result_incomplete "
    "test_a_terminal_status_in_an_undecodable_body_ends_the_wait",
    35: "test_a_failure_without_a_reason_says_so test_the_services_reason_is_in_the_error "
    "test_a_partial_success_is_a_success_with_both_counts",
    36: "test_a_response_about_another_job_is_a_failed_poll test_job_ids_are_compared_without_case",
    37: "- not offered: a wait is for the end",
    38: "test_a_deleted_job_ends_the_wait_with_job_not_found",
    39: "test_odd_progress_does_not_end_the_wait test_a_count_that_is_a_string_is_a_failed_poll "
    "test_impossible_durations_and_sizes_are_ignored",
    40: "test_n_of_n_does_not_end_the_wait",
    41: "test_stalled_counts_give_one_update_and_no_shorter_intervals "
    "test_counts_that_move_again_are_no_longer_stalled test_a_step_of_three_times_the_usual_length_is_stalled",
    42: "test_an_end_long_before_its_estimate_is_found_in_time test_an_estimate_of_years_does_not_exceed_the_guarantee",
    43: "test_a_poll_without_news_gives_no_update test_the_terminal_update_shows_the_final_count "
    "test_an_exception_of_on_update_ends_the_wait test_an_async_callback_is_refused "
    "test_a_callback_that_ends_after_the_deadline_ends_the_wait test_an_exit_in_a_fleets_callback_reaches_the_caller",
    44: "test_ctrl_c_ends_a_sleeping_wait test_ctrl_c_ends_a_request test_ctrl_c_after_acquiring_the_poll_releases_it "
    "test_a_base_exception_is_never_retried",
    45: "test_a_canceled_task_ends_at_once test_task_cancel_raises_cancelled_error",
    46: "test_move_on_after_ends_a_wait test_a_canceled_task_ends_at_once "
    "test_a_cancel_scope_around_one_step_ends_the_iterator",
    47: "test_a_base_exception_is_never_retried",
    48: "test_an_iterator_left_early_stops_polling test_an_async_iterator_left_early_stops_polling "
    "test_an_iterator_over_many_jobs_left_early_ends_all_waits",
    49: "test_a_handle_works_in_another_event_loop test_wait_works_inside_a_running_event_loop",
    50: "test_waits_in_threads_share_their_polls test_waits_in_tasks_share_their_polls "
    "test_canceling_the_polling_wait_lets_another_poll test_each_wait_keeps_its_own_deadline",
    51: "test_a_wait_starts_no_thread test_waits_in_threads_share_their_polls",
    52: "test_a_forked_child_does_not_wait_for_the_parents_poll "
    "test_a_child_forked_while_the_lock_is_held_gets_a_free_one test_a_forked_child_shares_no_connection",
    53: "test_a_handle_cannot_be_pickled_or_copied",
    54: "test_a_wait_that_is_never_awaited_sends_nothing",
    55: "- of the fleet: tests/unit/fleet",
    56: "- of the fleet: tests/unit/fleet",
    57: "- of the fleet: tests/unit/fleet",
    58: "test_a_token_holds_no_secret test_a_damaged_token_is_refused test_a_newer_foreign_or_forged_token_is_refused "
    "test_a_tokens_host_is_compared_and_never_used test_a_resumed_wait_keeps_its_deadline "
    "test_a_token_from_a_clock_ahead_is_taken_as_of_now",
    59: "- of the tracker: tests/unit/tracker",
    60: "- of the security work: links and hosts",
    61: "- of the security work: logs",
}


@cache
def _tests():
    """The docstring of each test, by its name."""
    found = {}
    for path in Path(__file__).parents[2].rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name] = ast.get_docstring(node)
    return found


def test_the_table_has_every_case():
    """The table has all 61 cases."""
    assert list(range(1, 62)) == list(CASES)


@pytest.mark.parametrize("number", [number for number, held in CASES.items() if not held.startswith("-")])
def test_each_case_names_tests_that_exist(number):
    """The tests of a case exist and have docstrings."""
    assert [] == [name for name in CASES[number].split() if not _tests().get(name)]
