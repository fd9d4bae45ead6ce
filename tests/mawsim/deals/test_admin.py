from django.contrib import admin
from django.urls import reverse

from mawsim.accounts.models import User
from mawsim.deals.models import Conversation, Interest, Message, ReadMark
from tests.conftest import Cast
from tests.mawsim.deals.steps import PURPOSE, post


def test_operators_see_that_a_deal_exists_but_not_what_is_written(
    cast: Cast, conversation: Conversation, client_of
) -> None:
    post(cast, conversation, cast.hanbit, "A confidential word")
    client = client_of(User.objects.create_superuser("root@mawsim.example"))
    for row in (conversation.interest, conversation):
        name = row._meta.model_name
        for address in (
            reverse(f"admin:deals_{name}_changelist"),
            reverse(f"admin:deals_{name}_change", args=[row.pk]),
        ):
            answer = client.get(address)
            assert answer.status_code == 200
            body = answer.content.decode()
            assert row.public_id in body
            assert PURPOSE not in body
            assert "A confidential word" not in body
        assert client.get(reverse(f"admin:deals_{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:deals_{name}_delete", args=[row.pk])).status_code == 403
    assert admin.site.is_registered(Interest)
    assert not admin.site.is_registered(Message)
    assert not admin.site.is_registered(ReadMark)
