"""Pages and forms: django, flask."""

from typing import Any

import django
import flask
import werkzeug.exceptions
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ALLOWED_HOSTS=["shop.example.org"],
    ROOT_URLCONF="shop.web",
    SECRET_KEY="none",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django import db, forms, http, template, test, urls  # noqa: E402
from django.core import exceptions, validators  # noqa: E402
from django.db import models  # noqa: E402

from shop.harness import Values, case, fault  # noqa: E402


class Product(models.Model):
    name = models.CharField(max_length=8)
    price = models.IntegerField(validators=[validators.MinValueValidator(1)])

    class Meta:
        app_label = "shop"


def show(request: http.HttpRequest, number: int) -> http.HttpResponse:
    kind = request.GET.get("kind")
    if kind == "none":
        return http.HttpResponse(cheapest(number).name)
    if kind == "key":
        return http.HttpResponse(request.POST["quantity"])
    if kind == "denied":
        raise exceptions.PermissionDenied(f"product {number} is not yours")
    if kind == "table":
        return http.HttpResponse(Product.objects.get(pk=number).name)
    return http.HttpResponse(template.Template("{% load shop_tags %}").render(template.Context()))


def cheapest(number: int) -> Any:
    return None if number else Product()


urlpatterns = [urls.path("products/<int:number>", show)]


@fault("django", case("none", "programming_error", "medium", kind="none"), case("key", "programming_error", "medium", "validation", kind="key"), case("table", "database", "high", kind="table"), case("tags", "programming_error", "medium", "configuration dependency", kind="tags"))
def serve_product(v: Values, kind: str) -> Any:
    client = test.Client(SERVER_NAME="shop.example.org")
    return client.get(f"/products/{v.n}", {"kind": kind})


@fault("django", case("denied", "authorization", "low"))
def view_product(v: Values) -> Any:
    return show(test.RequestFactory().get(f"/products/{v.n}", {"kind": "denied"}), v.n)


@fault("django", case("host", "configuration", "medium", "validation"))
def guess_host(v: Values) -> Any:
    return test.RequestFactory().get("/", SERVER_NAME=f"10.0.0.{v.n % 250}").get_host()


@fault("django", case("form", "validation", "low", build=lambda v: forms.IntegerField().clean(v.text)), case("range", "validation", "low", build=lambda v: Product(name="a", price=-v.n).clean_fields()), case("required", "validation", "low", build=lambda v: forms.CharField().clean("")))
def check_form(v: Values, build: Any) -> Any:
    return build(v)


@fault("django", case("reverse", "programming_error", "medium", "configuration"), case("path", "programming_error", "medium", "validation", kind="path"))
def link(v: Values, kind: str = "") -> Any:
    return urls.resolve(f"/things/{v.n}") if kind else urls.reverse("basket", args=[v.n])


@fault("django", case("field", "programming_error", "medium", "database validation"))
def filter_products(v: Values) -> Any:
    return Product.objects.filter(colour=v.text)


@fault("django", case("missing", "database", "high"))
def count_products(v: Values) -> Any:
    with db.connection.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM shop_basket WHERE id > %s", [v.n])


@fault("django", case("setting", "configuration", "critical", "programming_error"), times=1)
def read_setting(v: Values) -> Any:
    return settings.PAYMENT_URL


pages = flask.Flask("shop")
pages.testing = True


@pages.post("/carts/<int:number>")
def cart(number: int) -> Any:
    kind = flask.request.args["kind"]
    if kind == "json":
        return flask.request.get_json()
    if kind == "key":
        return flask.request.form["quantity"]
    if kind == "template":
        return flask.render_template("cart.html")
    if kind == "none":
        return None
    if kind == "build":
        return flask.url_for("basket", number=number)
    return str(number // 0)


@fault("flask", case("zero", "programming_error", "medium", kind="zero"), case("template", "filesystem", "medium", "configuration programming_error", kind="template"), case("none", "programming_error", "medium", kind="none"), case("build", "programming_error", "medium", "configuration", kind="build"))
def serve_cart(v: Values, kind: str) -> Any:
    return pages.test_client().post(f"/carts/{v.n}?kind={kind}", data="{")


@fault("flask", case("json", "validation", "low", "serialization", kind="json"), case("key", "validation", "low", "programming_error", kind="key"))
def refuse_cart(v: Values, kind: str) -> Any:
    data: dict[str, Any] = {"data": "{", "content_type": "application/json"} if kind == "json" else {"data": {"a": v.n}}
    with pages.test_request_context(f"/carts/{v.n}?kind={kind}", method="POST", **data):
        return cart(v.n)


@fault("flask", case("context", "programming_error", "medium", "concurrency"), times=1)
def outside(v: Values) -> Any:
    return flask.request.args


@fault("flask", case("forbidden", "authorization", "low"))
def abort(v: Values) -> Any:
    raise werkzeug.exceptions.Forbidden(f"cart {v.n} is locked")
