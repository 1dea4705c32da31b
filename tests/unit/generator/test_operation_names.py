"""Names of operations: what a framework added is left out, where names stay unlike each other."""

import pytest
from generator.spec.names.operation_names import shorten_operation_ids
from generator.spec.operations import names_of, operations
from generator.spec.select import Selection, select

SHORTENED = [
    ("get", "/planner/jobs/{job_id}", "get_job_status_planner_jobs__job_id__get", "get_job_status"),
    ("get", "/planner/jobs/{job_id}", "get_job_status_planner_jobs_job_id_get", "get_job_status"),
    ("post", "/v1/jobs", "create_v1_jobs_post", "create"),
    ("get", "/", "root__get", "root"),
    ("get", "/projects", "get_get_projects", "get_projects"),
    ("get", "/projects", "getGetProjects", "GetProjects"),
    ("post", "/projects", "post_get_projects", "post_get_projects"),
    ("get", "/getaways", "getGetaways", "getGetaways"),
    ("get", "/projects", "ProjectsController_findAll", "findAll"),
    ("get", "/projects", "Controller_", "Controller_"),
    ("get", "/projects", "get_projects_get", "get"),
    ("get", "/projects", "_projects_get", "_projects_get"),
    ("get", "/jobs", "list_jobs", "list_jobs"),
    ("get", "/get", "get_get", "get_get"),
    ("get", "/a-b/{c.d}", "read_a_b__c_d__get", "read"),
]


def document_of(*rows):
    """A document with the operations *rows*: method, path, operationId."""
    document = {"paths": {}}
    for method, path, name in rows:
        document["paths"].setdefault(path, {})[method] = {"operationId": name, "responses": {"200": {}}}
    return document


def names(document):
    """The operationIds."""
    return [operation["operationId"] for _, _, _, operation in operations(document)]


@pytest.mark.parametrize(("method", "path", "given", "name"), SHORTENED)
def test_what_a_framework_added_is_left_out(method, path, given, name):
    """By the rules that the module states. That is no loss: there is no notice, and --strict allows it."""
    document = document_of((method, path, given))

    assert [] == shorten_operation_ids(document)
    assert [name] == names(document)


def test_names_that_would_be_alike_stay_as_they_are():
    """Two operations of one short name, or one whose short name another has."""
    rows = [
        ("get", "/a", "read_a_get"),
        ("get", "/b", "read_b_get"),
        ("get", "/c", "list_c_get"),
        ("post", "/c", "list"),
    ]
    document = document_of(*rows)

    assert [] == shorten_operation_ids(document)
    assert [name for _, _, name in rows] == names(document)


def test_an_overlay_chooses_the_name():
    """Also the one that the vendor gave."""
    document = document_of(("get", "/a", "read_a_get"), ("get", "/b", "other"))
    document["paths"]["/a"]["get"]["x-operation-name"] = "read_a_get"
    document["paths"]["/b"]["get"]["x-operation-name"] = "mine"
    shorten_operation_ids(document)

    assert ["read_a_get", "mine"] == names(document)


def test_an_operation_can_be_selected_by_both_names():
    """Who reads the document finds the vendor's name there."""
    document = document_of(("get", "/a", "read_a_get"), ("get", "/b", "other"))
    shorten_operation_ids(document)

    assert {"read", "read_a_get"} == names_of(document["paths"]["/a"]["get"])
    for name in ("read", "read_a_get"):
        assert ["read"] == names(select(document, Selection([name])))
    document["paths"]["/b"]["get"]["operationId"] = "findOther"
    for name in ("findOther", "find_other"):  # as the function is named
        assert ["findOther"] == names(select(document, Selection([name])))
        assert ["read"] == names(select(document, Selection(skipped=[name])))
