"""Tokens of messengers, payment, mail and commerce services."""

from tracemedic_processor.redaction.checks import looks_random
from tracemedic_processor.redaction.rule import Rule, rule, token, when

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

RULES: tuple[Rule, ...] = (
    token(
        "slack_token",
        r"(?:xox[a-z]-(?:\d-)?[A-Za-z0-9-]{10,}|xox[a-z]\.xox[a-z]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}|xwfp-[A-Za-z0-9-]{20,})",
        "xox",
        "xapp-",
        "xwfp-",
    ),
    rule(
        "slack_webhook",
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9/_-]{20,})",
        "hooks.slack",
    ),
    rule(
        "discord_webhook",
        r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{10,20}/(?P<secret>[A-Za-z0-9_-]{20,})",
        "discord",
    ),
    rule("teams_webhook", r"webhook\.office(?:365)?\.com/webhookb2/(?P<secret>[A-Za-z0-9@/_-]{30,})", "webhook.office"),
    rule("zapier_webhook", r"hooks\.zapier\.com/hooks/catch/(?P<secret>[A-Za-z0-9/]{8,})", "hooks.zapier"),
    token(
        "discord_token",
        r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
        ".",
        extent=when(looks_random),
    ),
    rule("telegram_token", r"(?<![0-9])\d{8,10}:AA[A-Za-z0-9_-]{30,}", ":aa"),
    token(
        "stripe_key",
        r"(?:[spr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,})",
        "k_live_",
        "k_test_",
        "k_prod_",
        "whsec_",
    ),
    token("twilio_key", r"(?:SK|AC)[0-9a-f]{32}(?![0-9A-Za-z])", "sk", "ac"),
    token("sendgrid_api_key", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}", "sg."),
    token("mailgun_key", r"(?:key-[0-9a-z]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?![0-9a-zA-Z-])", "key-", "-"),
    token("mailchimp_api_key", r"[0-9a-f]{32}-us\d{1,2}(?!\d)", "-us"),
    token("brevo_api_key", r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}", "xkeysib-"),
    token("shopify_token", r"shp(?:at|ca|pa|ss|ua|sb|tka)_[0-9a-fA-F]{32}", "shp"),
    token("square_token", r"(?:sq0[a-z]{3}-[A-Za-z0-9_-]{22,}|EAAA[A-Za-z0-9_-]{56,})", "sq0", "eaaa"),
    token("paypal_token", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}", "access_token$"),
    token("plaid_token", rf"access-(?:sandbox|development|production)-{_UUID}", "access-"),
    token("razorpay_key", r"rzp_(?:live|test)_[A-Za-z0-9]{14,}", "rzp_"),
    token("flutterwave_key", r"FLW(?:SEC|PUB)K(?:_TEST)?-[0-9a-zA-Z]{12,}(?:-X)?", "flwseck", "flwpubk"),
    token("facebook_token", r"EAA[A-Za-z0-9]{60,}", "eaa"),
    token("twitter_bearer", r"AAAAAAAAAA[A-Za-z0-9%+/=]{50,}", "aaaaaaaaaa", extent=when(looks_random)),
    token("dropbox_token", r"sl\.(?:u\.)?[A-Za-z0-9_-]{60,}", "sl."),
    token("hubspot_token", rf"pat-[a-z]{{2}}\d-{_UUID}", "pat-"),
    token("mapbox_token", r"[spt]k\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}", "k.eyj"),
    token("easypost_key", r"EZ[AT]K[A-Za-z0-9]{54}", "ezak", "eztk"),
    token("duffel_token", r"duffel_(?:test|live)_[A-Za-z0-9_=-]{40,}", "duffel_"),
    token("shippo_token", r"shippo_(?:live|test)_[0-9a-f]{40}", "shippo_"),
    token("firebase_key", r"AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{120,}", "aaaa"),
)
