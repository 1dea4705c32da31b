"""Every promise of the README, docs/reliability.md and SECURITY.md, with the tests that cover it."""

import ast
from functools import cache
from pathlib import Path

import pytest

README = {
    "A wait has a deadline": "test_no_wait_ends_later_than_its_deadline test_a_deadline_is_kept",
    "an error whose message says what to do next": "test_message_of_the_service_is_in_the_error "
    "test_results_of_a_job_that_was_seen_to_fail_say_so_at_once",
    "bounds the request in flight": "test_a_request_in_flight_is_bounded_by_the_deadline",
    "a rate limit never holds a wait beyond it": "test_no_wait_ends_later_than_its_deadline",
    "The job itself is not canceled": "test_a_wait_sends_nothing_but_polls_however_it_ends",
    "unless you ask for it": "test_a_job_is_canceled_once_at_the_timeout",
    "An outage ends nothing before it has lasted five minutes": "test_an_outage_shorter_than_the_policys_ends_nothing",
    "a proxy's page is no refusal of the service": "test_one_odd_answer_does_not_end_a_healthy_wait",
    "`Retry-After` is": "test_no_request_is_sent_before_retry_after_has_passed",
    "A 404 just after a submission is not final": "test_a_404_just_after_our_submission_is_polled_again",
    "believed the second time": "test_a_404_for_a_job_seen_before_is_believed_the_second_time",
    "never sent again if it may have arrived": "test_a_submission_is_sent_once_whatever_the_response",
    "An unknown status never counts as the end of a job": "test_an_unknown_status_is_read_and_never_done",
    "Keys appear in no repr, exception or log": "test_the_key_is_in_no_log_no_text_no_traceback",
    "not sent over plain http except to this machine": "test_address_that_is_unsafe_for_a_key_is_refused",
    "environment's proxies are used, SOCKS with": "test_the_environments_proxy_makes_the_tunnel",
    "a company's certificates and gateways": "test_a_companys_certificates_are_trusted "
    "test_headers_of_the_caller_are_sent_with_each_request",
    "what you want instead of how often to poll": "test_lateness_is_reached_on_average",
    "take thousands of jobs of any services": "test_fleet_reports_each_outcome_once",
    "account share its rate limit": "test_a_rate_limit_is_shared_through_the_file",
    "none is lost when the process dies": "test_a_killed_process_loses_no_job",
    "stays in `tracker.pending()`": "test_an_outage_ends_no_job_and_the_next_run_goes_on",
    "needs no network and no real time": "test_virtual_time_begins_at_epoch",
    "all waits run at once": "test_a_wait_in_a_thread_takes_no_time test_a_wait_in_an_event_loop_takes_no_time",
    "PromptForge behaves as its published server": "test_response_to_invalid_input_differs_by_mode",
}

RELIABILITY = {
    "R1 faults": "test_a_fault_costs_one_poll_and_a_lasting_one_ends_the_wait "
    "test_other_operations_retry_what_is_safe_to_retry test_a_submission_is_sent_once_whatever_the_response "
    "test_a_result_file_is_complete_or_missing test_a_stalled_response_ends_at_the_total_deadline "
    "test_a_refused_connection_is_retried_even_for_a_submission test_jobs_end_correctly_over_an_unreliable_network "
    "test_a_name_that_does_not_resolve_is_tried_up_to_the_limit test_the_second_address_of_a_name_is_tried "
    "test_one_failed_resolution_costs_one_attempt test_another_jobs_end_is_not_ours test_no_cookie_is_stored_or_sent "
    "test_partial_responses_are_continued_until_the_file_is_complete "
    "test_a_submission_response_with_an_id_that_fits_no_url_is_unconfirmed test_a_service_that_dies_and_comes_back",
    "R2 Retry-After": "test_every_form_of_retry_after_is_read_or_ignored "
    "test_a_retry_after_date_is_compared_with_the_servers_date test_no_request_is_sent_before_retry_after_has_passed "
    "test_any_retry_after_is_a_duration_or_nothing",
    "R3 the poller's contract": "test_a_deadline_before_the_first_interval_still_polls_once "
    "test_a_request_in_flight_is_bounded_by_the_deadline test_a_timeout_of_0_sends_nothing "
    "test_an_invalid_timeout_is_refused test_a_terminal_response_counts_at_the_deadline "
    "test_a_permanent_error_ends_the_wait_at_once test_a_canceled_task_ends_at_once "
    "test_retry_after_of_a_success_sets_the_interval "
    "test_retry_after_below_min_interval_does_not_shorten_the_interval",
    "R4 deadlines": "test_a_deadline_is_kept test_every_read_is_bounded_by_the_deadline "
    "test_every_write_and_handshake_is_bounded_by_the_deadline test_a_read_after_the_deadline_raises",
    "R5 kills": "test_a_killed_process_loses_no_job test_kills_at_random_moments",
    "R6 processes on one file": "test_no_writer_finds_the_file_locked "
    "test_processes_with_one_file_are_granted_one_rate",
    "R7 disk full": "test_outcomes_on_a_full_disk_are_queued test_sqlites_own_error_for_a_full_disk_is_translated "
    "test_download_to_a_full_disk_says_what_to_do test_a_run_on_a_full_disk_raises "
    "test_a_run_on_a_disk_that_fills_follows_its_jobs_and_raises "
    "test_a_full_write_ahead_log_is_written_from_its_start test_a_file_system_that_is_full",
    "R8 a million jobs": "- measured by `make bench-fleet`: a figure, not a rule",
    "R9 clocks": "test_a_wall_clock_step_does_not_move_the_deadline test_a_suspended_machine_polls_once_soon_after "
    "test_an_hour_of_faults_on_many_jobs test_a_token_from_a_clock_ahead_is_taken_as_of_now",
    "R10 leaks": "test_closed_clients_leave_nothing_open test_memory_is_constant_over_many_polls "
    "test_minutes_of_real_faults",
    "R11 one limit": "test_processes_with_one_file_are_granted_one_rate test_a_rate_limit_is_shared_through_the_file",
    "R12 the sandbox is judged": "test_the_request_is_what_the_spec_says test_the_sandbox_answers",
    "R13 redirects": "test_no_redirect_is_followed test_a_redirect_of_a_signed_link_is_not_followed",
    "R14 canary": "test_the_key_is_in_no_log_no_text_no_traceback test_the_command_prints_and_writes_no_secret "
    "test_tokens_records_reports_and_the_tracker_hold_no_secret test_a_crash_dump_holds_no_secret",
    "R15 cost": "- measured by `make bench-waiting` and `make bench-fleet`: a figure, not a rule",
}

SECURITY = {
    "secret in repr": "test_the_key_is_in_no_text test_the_key_is_in_no_log_no_text_no_traceback",
    "secret in exception": "test_a_bad_key_is_refused_at_once_and_never_echoed test_a_failed_send_holds_no_key "
    "test_malformed_key_is_refused_and_not_in_the_error test_an_error_does_not_quote_bytes_that_are_no_http",
    "secret in locals and logs": "test_what_connect_refuses_shows_no_key "
    "test_a_function_that_gives_no_key_is_refused_without_it test_a_crash_dump_holds_no_secret "
    "test_signed_links_are_in_no_log test_logger_has_ids_states_and_durations_only",
    "signed links": "test_signed_links_get_no_key test_a_signed_link_in_a_bad_body_is_not_quoted "
    "test_the_upload_carries_no_key",
    "secret in another spelling": "test_a_key_in_each_spelling_is_redacted_in_place "
    "test_a_key_that_a_server_spells_otherwise_is_shown_nowhere",
    "half a transport": "test_a_transport_of_the_other_style_never_gives_way_to_the_network",
    "proxies": "test_the_environments_proxy_makes_the_tunnel test_loopback_is_requested_without_the_proxy "
    "test_a_proxy_variable_that_cannot_be_used_is_refused_by_name "
    "test_loopback_passes_a_proxy_variable_whatever_it_holds",
    "CPU": "test_each_pattern_is_linear test_redaction_is_linear test_a_body_byte_by_byte_is_linear "
    "test_a_compressed_body_of_many_members_is_linear test_the_sentence_about_an_error_body_is_linear",
    "redirects": "test_no_redirect_is_followed",
    "SSRF": "test_only_known_hosts_are_followed test_loopback_is_followed_only_from_loopback",
    "file names": "test_no_file_name_or_job_id_writes_outside_the_folder "
    "test_planted_partial_file_is_not_written_to test_planted_result_file_is_refused "
    "test_planted_target_is_refused_by_each_writer",
    "ids in addresses": "test_id_that_would_change_the_path_is_refused test_a_path_value_that_is_none_is_refused",
    "header injection": "test_a_bad_key_is_refused_at_once_and_never_echoed",
    "bombs": "test_a_gzip_bomb_costs_no_memory test_a_status_body_above_1_mib_is_refused "
    "test_max_bytes_ends_a_download_plain_or_compressed test_endless_empty_gzip_members_are_refused "
    "test_max_bytes_ends_a_download_of_empty_gzip_members",
    "TLS": "test_a_bad_certificate_is_refused_after_one_attempt "
    "test_plain_http_on_an_https_port_is_refused_after_one_attempt test_a_good_certificate_is_trusted "
    "test_a_companys_certificates_are_trusted test_a_client_certificate_in_the_context_is_shown",
    "base address": "test_address_that_is_unsafe_for_a_key_is_refused",
    "code generation": "test_every_text_at_every_place_is_generated_as_text",
    "YAML": "test_bandit_has_nothing_to_say",
    "pickle": "test_a_request_of_a_service_pickles_without_its_key test_no_part_of_a_request_shows_its_key "
    "test_mutated_tokens_are_refused_or_followed test_bandit_has_nothing_to_say",
    "tracker file": "test_the_file_is_private_and_holds_no_key test_mutated_tracker_files_are_refused_or_read "
    "test_tokens_records_reports_and_the_tracker_hold_no_secret",
    "SQL": "test_bandit_has_nothing_to_say",
    "terminal": "test_text_from_a_server_cannot_move_the_cursor test_a_printed_update_has_no_control_characters "
    "test_a_traceback_has_no_control_characters",
    "CSV": "test_merge_to_csv_escapes_formulas test_csv_cells_of_any_text_begin_with_no_formula",
    "supply chain": "test_locks_hold_hashes_and_no_addresses test_every_dependency_has_a_licence_that_we_may_use "
    "test_uv_is_called_with_hashes_required",
    "sandbox": "test_sandbox_listens_on_loopback_only",
}


@cache
def known():
    """The docstring of each test, by its name."""
    return {
        node.name: ast.get_docstring(node)
        for path in Path(__file__).parents[1].rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("sentence", README)
def test_each_promise_of_the_readme_stands_there(sentence):
    """The table and the README say the same."""
    text = " ".join((Path(__file__).parents[2] / "README.md").read_text("utf-8").split())
    assert sentence in text


def test_the_table_has_all_fifteen_requirements():
    """R1 to R15, in order."""
    assert [f"R{number}" for number in range(1, 16)] == [line.split()[0] for line in RELIABILITY]


@pytest.mark.parametrize(
    "line", [line for line, held in {**README, **RELIABILITY, **SECURITY}.items() if not held.startswith("-")]
)
def test_each_requirement_has_its_tests(line):
    """They exist and have docstrings."""
    held = {**README, **RELIABILITY, **SECURITY}[line]
    assert [] == [name for name in held.split() if not known().get(name)]
