"""The workflows are well formed, and let nothing reach people that was not checked, signed and approved."""

import re

import pytest
import yaml
from tests.shipping.programs import ROOT, built, run

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
_USES = re.compile(r"^\s*-?\s*(?:- )?uses: (\S+)$", re.MULTILINE)


def jobs(name):
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text())["jobs"]


def position(steps, word):
    """Which step says a word."""
    return next(number for number, step in enumerate(steps) if word in str(step))


def test_workflows_have_nothing_to_object_to():
    run([built("actionlint"), "-shellcheck=", "-pyflakes=", *map(str, WORKFLOWS)])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_of_a_version(path):
    for action in _USES.findall(path.read_text()):
        assert action.startswith("./") or re.search(r"@(v\d+|[0-9a-f]{40})$", action), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_workflow_may_only_read_unless_a_job_says_more(path):
    given = yaml.safe_load(path.read_text())["permissions"]
    assert set(given.values()) == {"read"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_step_puts_what_somebody_typed_into_a_shell(path):
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), step


def test_release_builds_only_what_passed_every_check():
    release = jobs("release")
    assert release["checks"]["uses"] == "./.github/workflows/ci.yml"
    assert release["image"]["needs"] == "checks"
    assert release["publish"]["needs"] == "image"


def test_image_is_signed_with_its_provenance_and_what_it_is_made_of():
    steps = jobs("release")["image"]["steps"]
    build = steps[position(steps, "docker/build-push-action")]["with"]
    assert (build["provenance"], build["sbom"]) == ("mode=max", True)
    assert position(steps, "docker/build-push-action") < position(steps, "cosign sign")
    assert position(steps, "attest-build-provenance") < position(steps, "sbom.cdx.json")


def test_deployment_looks_at_the_signatures_before_it_reaches_the_cluster():
    steps = jobs("deploy")["deploy"]["steps"]
    assert position(steps, "cosign verify") < position(steps, "Reach the cluster")
    assert position(steps, "Back up first") < position(steps, ".ci/deploy")


def test_production_waits_for_approval_and_backs_up_first():
    production = jobs("production")
    assert production["deploy"]["uses"] == "./.github/workflows/deploy.yml"
    assert production["deploy"]["with"] | {"version": ""} == {
        "environment": "production",
        "version": "",
        "backup": True,
    }
    assert production["undo"]["environment"] == "production"
    assert jobs("deploy")["deploy"]["environment"] == "${{ inputs.environment }}"


def test_every_release_goes_to_staging_alone():
    staging = jobs("staging")["staging"]
    assert staging["uses"] == "./.github/workflows/deploy.yml"
    assert staging["with"]["environment"] == "staging"
