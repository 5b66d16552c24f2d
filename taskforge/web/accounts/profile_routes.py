"""One's own profile: what others see, with the picture, and one's preferences."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from taskforge.accounts import picture_service, service
from taskforge.accounts.pictures import MAX_FILE_BYTES
from taskforge.accounts.service import ProfileView
from taskforge.http.htmx import go_to
from taskforge.http.sent_files import sent_content
from taskforge.http.view_declarations import accept_files
from taskforge.identity import limited
from taskforge.identity.current import current_actor
from taskforge.text.people import Person
from taskforge.web.accounts.forms import EditProfileForm, PictureForm, PreferencesForm
from taskforge.web.accounts.routes import blueprint


@blueprint.get("/profile")
def profile() -> ResponseReturnValue:
    """What others see of oneself, and its forms."""
    return _profile_page(service.get_profile(current_actor()))


@blueprint.post("/profile/edit")
def edit_profile() -> ResponseReturnValue:
    """Save name and lines about oneself."""
    actor = current_actor()
    form = EditProfileForm()
    change = form.attempt(
        lambda version, **_: service.edit_profile(actor, version=version, changes=form.changes())
    )
    if change is None:
        return form.refused(_profile_page(service.get_profile(actor), form))
    flash("Your profile is saved.", "ok")
    return go_to(url_for("accounts.profile"))


@blueprint.post("/profile/picture")
@accept_files(picture=MAX_FILE_BYTES)
def change_picture() -> ResponseReturnValue:
    """Give oneself a picture."""
    actor = current_actor()
    form = PictureForm()
    file = sent_content("picture")
    change = form.attempt(lambda version: limited.change_picture(actor, file, version=version))
    if change is None:
        return form.refused(_profile_page(service.get_profile(actor), picture_form=form))
    flash("Your picture is saved.", "ok")
    return go_to(url_for("accounts.profile"))


@blueprint.post("/profile/picture/remove")
def remove_picture() -> ResponseReturnValue:
    """Show one's initials again."""
    actor = current_actor()
    form = PictureForm()
    change = form.attempt(lambda version: picture_service.remove_picture(actor, version=version))
    if change is None:
        return form.refused(_profile_page(service.get_profile(actor), picture_form=form))
    flash("Your picture is removed.", "ok")
    return go_to(url_for("accounts.profile"))


@blueprint.get("/profile/preferences")
def preferences() -> ResponseReturnValue:
    """Appearance, time zone and the like, and their form."""
    return _preferences_page(service.get_profile(current_actor()))


@blueprint.post("/profile/preferences")
def preferences_submitted() -> ResponseReturnValue:
    """Save the preferences; a new theme or zone shows on the next page."""
    actor = current_actor()
    form = PreferencesForm()
    change = form.attempt(
        lambda version, **_: service.edit_profile(actor, version=version, changes=form.changes())
    )
    if change is None:
        return form.refused(_preferences_page(service.get_profile(actor), form))
    flash("Your preferences are saved.", "ok")
    return go_to(url_for("accounts.preferences"))


def _profile_page(
    view: ProfileView,
    failed: EditProfileForm | None = None,
    *,
    picture_form: PictureForm | None = None,
) -> str:
    texts = view.texts or {}
    names = ("first_name", "last_name", "bio")
    form = failed or EditProfileForm(formdata=None, data={name: texts.get(name) for name in names})
    row = view.row
    return render_template(
        "accounts/profile.html",
        person=Person(row["user_id"], row["display_name"], picture=row["picture"]),
        email=row["email"],
        email_verified=row["email_verified_at"] is not None,
        version=row["version"],
        form=form,
        picture_problems=picture_form.sentences if picture_form else [],
        details_unavailable=view.texts is None and failed is None,
    )


def _preferences_page(view: ProfileView, failed: PreferencesForm | None = None) -> str:
    texts = view.texts or {}
    stored = texts.get("preferences", {"theme": view.row["theme"]})
    form = failed or PreferencesForm(
        formdata=None,
        data={
            "theme": stored["theme"],
            "time_zone": texts.get("time_zone") or "",
            "week_start": texts.get("week_start"),
        },
    )
    return render_template(
        "accounts/preferences.html",
        version=view.row["version"],
        form=form.offer_zones(texts.get("time_zone")),
        details_unavailable=view.texts is None and failed is None,
    )
