"""Every known defect of stock output, row by row, and the tests that show what our clients do instead."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
DEFECTS, ANSWERS, MODELS, REQUESTS, KEYS, POOLS, README = (
    f"contract/clients/test_{name}.py"
    for name in ("defects", "answers", "models", "requests", "keys", "pools", "readme")
)
EDGE_CASES, PLAIN_FORMS, REPAIR = (f"unit/generator/test_{name}.py" for name in ("edge_cases", "plain_forms", "repair"))
GENERATED_CLIENT, BASES = (f"unit/generator/test_{name}.py" for name in ("generated_client", "discriminators"))
REFUSED = f"{DEFECTS}::test_what_was_let_through_is_refused"
OTHER_TEXT = f"{DEFECTS}::test_an_id_that_is_no_uuid_is_kept_as_its_text"
NULLABLE = f"{DEFECTS}::test_a_nullable_uuid_is_null_or_a_uuid"
EVERY_STATUS = f"{DEFECTS}::test_every_other_status_is_raised"
TIMES = f"{DEFECTS}::test_times_of_rfc_3339_are_read"
NO_MODEL = f"{DEFECTS}::test_a_success_without_its_model_is_raised"

RESERVED_NAMES = (
    f"{EDGE_CASES}::test_parameters_with_reserved_names_are_sent_under_their_own_names",
    f"{EDGE_CASES}::test_fields_with_reserved_names_are_read_and_written",
)
ALL_COMPONENTS = f"{EDGE_CASES}::test_components_with_the_same_class_name_are_all_generated"
NULLABLE_ENUM = f"{EDGE_CASES}::test_a_nullable_enum_with_default_null_is_one_class"

ROWS = {
    "decode: a nullable UUID: null, absent, valid": (NULLABLE,),
    "decode: a nullable UUID: other text": (OTHER_TEXT,),
    "decode: a nullable UUID: a number": (REFUSED,),
    "decode: a required UUID: malformed, null, a number": (OTHER_TEXT, REFUSED),
    "decode: a UUID in braces, as a URN, in upper case": (
        OTHER_TEXT,
        f"{DEFECTS}::test_a_nullable_uuid_is_null_or_a_uuid",
    ),
    "decode: a nested object that lacks a field": (REFUSED,),
    "decode: an array or text where an object belongs": (REFUSED,),
    "decode: an optional time: words, a number": (REFUSED,),
    "decode: a time: naive, date only, week, basic form": (REFUSED, TIMES, f"{MODELS}::test_times_always_have_a_zone"),
    "decode: lower-case z, leap second": (TIMES, REFUSED),
    "decode: nine digits of a fraction": (TIMES,),
    "decode: an offset": (TIMES, f"{MODELS}::test_times_always_have_a_zone"),
    "decode: Z is written as Z": (f"{MODELS}::test_reading_and_writing_is_the_identity",),
    "decode: scalars of another kind": (REFUSED, f"{DEFECTS}::test_a_whole_number_is_one"),
    "decode: NaN": (f"{DEFECTS}::test_numbers_that_are_none_are_no_json",),
    "decode: a required field is missing": (f"{ANSWERS}::test_a_missing_field_is_named",),
    "decode: unknown fields": (f"{MODELS}::test_unknown_fields_are_kept",),
    "decode: a 422 with a sentence, with null": (f"{DEFECTS}::test_a_sentence_where_a_list_was_documented",),
    "decode: a new enum value": (f"{DEFECTS}::test_an_unknown_enum_value_survives", f"{MODELS}::test_an_enum_is_open"),
    "decode: a field that may be null is absent": (f"{MODELS}::test_absent_null_and_value_are_three_things",),
    "decode: a recursive model, a thousand deep": (
        f"{GENERATED_CLIENT}::test_a_body_nested_too_deeply_is_a_decode_error",
        f"{DEFECTS}::test_a_body_without_end_is_no_recursion_error",
    ),
    "decode: the default of an absent field": (
        f"{DEFECTS}::test_an_absent_field_has_the_default_of_the_spec",
        f"{EDGE_CASES}::test_defaults_are_decoded_like_values",
    ),
    "decode: UNSET after copy and pickle": (
        f"{MODELS}::test_unset_is_one_thing",
        f"{DEFECTS}::test_an_absent_field_stays_absent_through_copies",
    ),
    "decode: evolve keeps unknown fields": (f"{DEFECTS}::test_an_evolved_model_keeps_what_the_spec_does_not_name",),
    "decode: a union with a discriminator": (
        f"{GENERATED_CLIENT}::test_discriminator_decides_the_model_of_a_union",
        f"{GENERATED_CLIENT}::test_an_unknown_discriminator_value_is_a_decode_error",
        f"{BASES}::test_client_reads_each_response_as_the_model_that_the_discriminator_names",
    ),
    "http: 200 with its model": (f"{ANSWERS}::test_a_documented_success_is_its_model",),
    "http: a status that is not documented": (EVERY_STATUS, f"{ANSWERS}::test_any_other_status_is_a_status_error"),
    "http: a documented 422": (f"{ANSWERS}::test_a_documented_fault_has_its_class",),
    "http: a documented fault with HTML or nothing": (
        f"{ANSWERS}::test_the_body_of_a_fault_is_what_could_be_made_of_it",
        EVERY_STATUS,
    ),
    "http: 200 with a login page or nothing": (NO_MODEL, f"{ANSWERS}::test_a_success_that_is_not_json_is_a_body_error"),
    "http: 200 with null or an array": (NO_MODEL, f"{ANSWERS}::test_a_body_of_another_kind_is_a_decode_error"),
    "http: 299, 499, 520, 599": (EVERY_STATUS,),
    "http: a message shows little of the body": (f"{ANSWERS}::test_a_message_shows_little_and_no_header",),
    "http: the usual timeout": (
        f"{REQUESTS}::test_the_usual_timeout_is_30_seconds",
        f"{REQUESTS}::test_a_timeout_is_finite",
    ),
    "http: repr shows no key": (
        f"{KEYS}::test_the_key_is_in_no_text",
        f"{REQUESTS}::test_the_repr_says_address_and_timeout",
    ),
    "http: with_* leaves the original alone": (f"{REQUESTS}::test_changed_clients_leave_the_original",),
    "http: a key that changes": (f"{KEYS}::test_a_function_is_asked_at_every_build",),
    "http: Accept and User-Agent": (f"{REQUESTS}::test_a_request_is_complete",),
    "http: redirects": (f"{POOLS}::test_redirects_are_not_followed",),
    "http: bearer and apiKey, at the root and at operations": (
        f"{KEYS}::test_each_service_has_its_header",
        f"{KEYS}::test_public_operations_send_no_key",
        f"{README}::test_the_example_names_things_that_exist",
    ),
    "http: path values that lead elsewhere": (
        f"{REQUESTS}::test_a_path_value_stays_one_segment",
        f"{REQUESTS}::test_a_path_value_that_is_none_is_refused",
    ),
    "http: query values": (f"{REQUESTS}::test_query_values_are_sent_as_they_are_meant",),
    "http: an empty address": (f"{REQUESTS}::test_an_address_is_checked_at_once",),
    "names: fields called d, cls, src_dict, to_dict and the like": RESERVED_NAMES,
    "names: parameters called params, kwargs, response, headers": RESERVED_NAMES,
    "names: a model with a field of its own name": (ALL_COMPONENTS,),
    "names: one operationId twice": (f"{PLAIN_FORMS}::test_operations_of_one_name_are_told_apart",),
    "names: a nullable enum with the default null": (NULLABLE_ENUM,),
    "names: a response without a description": (f"{REPAIR}::test_each_error_is_repaired_and_reported_with_its_place",),
    "names: an operation that the tool would drop": (f"{PLAIN_FORMS}::test_each_plain_form_is_said_with_its_place",),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_its_tests(row):
    """
    The tests that a row names are there.
    """
    for place in ROWS[row]:
        file, _, name = place.partition("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
