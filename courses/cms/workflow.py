"""The way of a page to its readers: the trainer submits, a methodologist approves.

A course stays in this workflow for good: what its trainer changes after the first publication
goes to a methodologist too, while learners keep reading the version that was approved.
"""

from __future__ import annotations

from django.contrib.auth.models import Group
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

from lms.people.models import Role
from lms.people.roles import CMS_GROUPS

WORKFLOW_NAME = "Проверка методистом"


def ensure_review_workflow(shelf: Page) -> Workflow:
    """Put what stands on ``shelf`` under review by methodologists where nothing else was decided.

    An installation that has given it another workflow keeps that.
    """
    assigned = WorkflowPage.objects.filter(page=shelf).select_related("workflow").first()
    if assigned is not None:
        return assigned.workflow
    workflow = Workflow.objects.filter(name=WORKFLOW_NAME).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=WORKFLOW_NAME)
        task = GroupApprovalTask.objects.create(name=WORKFLOW_NAME)
        task.groups.add(Group.objects.get_or_create(name=CMS_GROUPS[Role.METHODOLOGIST])[0])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(page=shelf, workflow=workflow)
    return workflow
