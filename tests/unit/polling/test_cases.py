"""
The edge cases that a great poller must get right, each with the tests that hold it.

A case that another part of the project owns, or that would need an argument which the front door does not have, says so
in words; `-` stands before them.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

CASES = {
    1: "test_a_step_of_the_wall_clock_moves_no_deadline",
    2: "test_a_suspended_machine_looks_once_and_soon",
    3: "test_a_timeout_that_is_no_duration_is_refused test_a_timeout_may_be_a_timedelta "
    "test_a_timeout_of_0_sends_nothing test_no_timeout_at_all_is_a_choice",
    4: "test_a_deadline_shorter_than_the_gap_still_looks",
    5: "test_a_request_in_flight_is_bounded_by_the_deadline",
    6: "test_the_last_look_is_sent_a_grace_before_the_deadline",
    7: "test_a_terminal_answer_beats_the_deadline",
    8: "test_a_slow_look_is_not_made_up_for",
    9: "test_a_sleep_that_ends_early_is_slept_again",
    10: "test_no_sleep_is_too_long_for_the_system",
    11: "- not offered: each operation has its own timeout; no argument is shared by submit, wait and results",
    12: "test_longer_than_the_deadline_ends_the_wait_now test_for_ever_is_not_obeyed",  # one last look is not offered
    13: "test_every_form_of_the_header test_a_date_counts_from_the_servers_own_clock",
    14: "test_every_form_of_the_header",
    15: "test_milliseconds_come_first",
    16: "test_on_a_429_it_backs_off test_on_a_success_it_only_paces test_on_a_500_it_means_nothing",
    17: "test_the_hint_is_read_anew_each_time",
    18: "test_the_caller_may_cap_it test_the_floor_holds_under_a_hint",
    19: "test_a_404_just_after_our_submission_is_not_believed test_a_404_after_the_grace_is_the_end "
    "test_a_404_once_seen_is_gone test_a_404_for_a_job_that_is_not_ours_is_believed",
    20: "test_what_another_moment_cannot_mend_ends_the_wait test_what_passes_is_waited_out "
    "test_a_401_is_asked_once_more_with_a_fresh_key",
    21: "test_a_success_that_says_nothing_is_transient test_a_damaged_compression_is_transient",
    22: "test_a_redirect_is_never_followed",
    23: "test_a_look_asks_for_a_fresh_answer test_what_was_done_stays_done",
    24: "test_retries_do_not_multiply",
    25: "- of the fleet: tests/unit/fleet",
    26: "test_a_client_that_was_closed_is_opened_again test_what_passes_is_waited_out",
    27: "test_the_error_budget_begins_anew_after_a_success test_errors_are_counted_and_not_kept",
    28: "test_an_unknown_status_never_counts_as_done test_an_unknown_status_warns_once "
    "test_the_strict_may_raise_on_it test_a_vendor_that_documents_no_live_status_is_not_blamed",
    29: "test_spelling_does_not_matter test_a_status_that_is_no_word_ends_nothing test_a_missing_status_ends_nothing",
    30: "test_the_first_terminal_status_wins",  # to confirm an end by another look is not offered
    31: "- no service of ours tells of an end in its answer to a submission",
    32: "- not offered: no service of ours has a status that waits for its caller",
    33: "test_cancelling_is_not_canceled test_success_wins_a_race_against_a_cancellation",
    34: "test_results_before_the_end_are_incomplete test_an_undecodable_end_is_still_the_end",
    35: "test_a_failure_without_a_reason_says_so test_the_services_reason_is_in_the_error "
    "test_a_partial_success_is_a_success_with_its_counts_in_sight",
    36: "test_an_answer_about_another_job_is_not_believed test_ids_differ_in_case_alone",
    37: "- not offered: a wait is for the end",
    38: "test_a_job_that_is_gone_after_its_retention",
    39: "test_odd_progress_ends_nothing test_counts_in_words_are_an_unexpected_answer "
    "test_a_history_of_what_cannot_be_breaks_no_wait",
    40: "test_all_done_is_not_the_end",
    41: "test_a_standstill_is_told_and_not_hammered test_counts_that_move_again_are_no_longer_stalled "
    "test_steps_can_stall_too",
    42: "test_an_end_far_before_its_forecast test_a_forecast_of_years_is_not_believed",
    43: "test_only_changes_are_told test_the_terminal_update_shows_the_final_count "
    "test_a_callback_that_fails_ends_the_wait test_an_async_callback_is_refused "
    "test_a_callback_that_outlasts_the_deadline_ends_the_wait "
    "test_an_exit_in_a_callback_of_many_reaches_the_caller",
    44: "test_ctrl_c_wakes_a_sleeping_wait test_ctrl_c_ends_a_request "
    "test_ctrl_c_between_two_steps_blocks_no_other_wait test_what_is_no_exception_is_never_repeated",
    45: "test_cancellation_passes_through test_asyncio_cancels_with_its_own_error",
    46: "test_move_on_after_ends_a_wait test_cancellation_passes_through "
    "test_one_step_of_a_joint_stream_may_be_bounded",
    47: "test_what_is_no_exception_is_never_repeated",
    48: "test_an_iterator_that_is_left_early_stops_the_looks test_an_async_iterator_that_is_left_early_stops_the_looks "
    "test_a_joint_stream_may_be_left_early",
    49: "test_a_handle_moves_between_loops test_the_sync_door_works_inside_a_running_loop",
    50: "test_waits_in_threads_share_their_looks test_waits_in_tasks_share_their_looks "
    "test_canceling_one_wait_leaves_the_others test_each_wait_keeps_its_own_deadline",
    51: "test_a_wait_starts_no_thread test_waits_in_threads_share_their_looks",
    52: "test_a_forked_child_waits_on_its_own test_a_child_that_is_forked_in_the_middle_is_not_stuck "
    "test_a_forked_child_shares_no_connection",
    53: "test_a_handle_is_not_pickled_or_copied",
    54: "test_a_wait_that_is_never_awaited_sends_nothing",
    55: "- of the fleet: tests/unit/fleet",
    56: "- of the fleet: tests/unit/fleet",
    57: "- of the fleet: tests/unit/fleet",
    58: "test_a_token_holds_no_secret test_damage_is_noticed test_what_no_token_of_ours_says_is_refused "
    "test_the_tokens_host_is_compared_and_never_used test_a_resumed_wait_keeps_its_deadline "
    "test_clocks_that_disagree_do_no_harm",
    59: "- of the tracker: tests/unit/tracker",
    60: "- of the security work: links and hosts",
    61: "- of the security work: logs",
}


@cache
def _tests():
    """The names of all tests, and what each says its rule is."""
    found = {}
    for path in Path(__file__).parents[2].rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name] = ast.get_docstring(node)
    return found


def test_every_case_is_held_or_given_away():
    """All 61 cases stand in the table."""
    assert list(range(1, 62)) == list(CASES)


@pytest.mark.parametrize("number", [number for number, held in CASES.items() if not held.startswith("-")])
def test_each_case_names_tests_that_exist(number):
    """A case's tests are there, and their docstrings say the rule."""
    assert [] == [name for name in CASES[number].split() if not _tests().get(name)]
