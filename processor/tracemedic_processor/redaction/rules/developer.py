"""Tokens of code hosting, package registries, build and observability services."""

from ..rule import Rule, rule, token

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

RULES: tuple[Rule, ...] = (
    token("github_token", r"(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    token("gitlab_token", r"(?:gl(?:pat|ptt|dt|cbt|rt|ft|soat|agent|imt|oas|ffct|wt|rtr)-[A-Za-z0-9_.-]{18,}|GR1348941[A-Za-z0-9_-]{18,}|_gitlab_session=[0-9a-f]{32})", "gl", "gr1348941"),
    token("atlassian_token", r"(?:AT[AC]TT3[A-Za-z0-9_=-]{40,}|ATBB[A-Za-z0-9]{20,}|ATO[AR][A-Za-z0-9_=-]{50,}|BBDC-[A-Za-z0-9+/@_-]{30,})", "atatt3", "atctt3", "atbb", "atoa", "ator", "bbdc-"),
    token("npm_token", r"npm_[A-Za-z0-9]{30,}", "npm_"),
    token("pypi_token", r"pypi-[A-Za-z0-9_-]{40,}", "pypi-"),
    token("rubygems_token", r"rubygems_[0-9a-f]{40,}", "rubygems_"),
    token("nuget_api_key", r"oy2[a-z0-9]{43}(?![a-z0-9])", "oy2"),
    token("crates_token", r"cio[A-Za-z0-9]{32}(?![A-Za-z0-9])", "cio"),
    token("docker_token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}", "dckr_"),
    token("clojars_token", r"CLOJARS_[a-z0-9]{50,}", "clojars_"),
    token("sonar_token", r"sq[pua]_[0-9a-f]{40}", "sqp_", "squ_", "sqa_"),
    token("circleci_token", r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{10,}_[0-9a-f]{40}", "ccipat_", "cciprj_"),
    token("buildkite_token", r"bk(?:ua|ct|at)_?[A-Za-z0-9]{36,}", "bkua", "bkct", "bkat"),
    token("jfrog_token", r"(?:AKCp[A-Za-z0-9]{10,}|cmVmdGtuO[A-Za-z0-9+/=]{40,})", "akcp", "cmvmdgtuo"),
    token("postman_api_key", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "pmak-"),
    token("linear_api_key", r"lin_(?:api|oauth|wh)_[A-Za-z0-9]{30,}", "lin_"),
    token("notion_token", r"(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,})(?![A-Za-z0-9])", "secret_", "ntn_"),
    token("figma_token", r"fig(?:d|o[rh]?|u)_[A-Za-z0-9_-]{36,}", "fig"),
    token("airtable_token", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", "pat"),
    token("sentry_token", r"(?:sntrys_[A-Za-z0-9+/=_-]{40,}|sntryu_[0-9a-f]{60,})", "sntrys_", "sntryu_"),
    rule("sentry_dsn", r"https?://(?P<secret>[0-9a-f]{32}(?::[0-9a-f]{32})?)@", "://"),
    token("grafana_token", r"(?:gl(?:sa|c)_[A-Za-z0-9_=+/-]{30,}|eyJrIjoi[A-Za-z0-9_=-]{40,})", "glsa_", "glc_", "eyjrijoi"),
    token("launchdarkly_key", rf"(?:sdk|mob|api)-{_UUID}", "sdk-", "mob-", "api-"),
    token("newrelic_key", r"(?:NR(?:AK|AA|II|IQ|RA|SP)-[A-Za-z0-9_-]{20,}|NRJS-[0-9a-f]{19}|[0-9a-f]{36}NRAL)", "nrak-", "nraa-", "nrii-", "nriq-", "nrra-", "nrsp-", "nrjs-", "nral"),
    token("honeycomb_key", r"hc[abx][ilm][kc]_[a-z0-9]{40,}", "hca", "hcb", "hcx"),
    token("posthog_key", r"ph[cxs]_[A-Za-z0-9]{30,}", "phc_", "phx_", "phs_"),
    token("segment_token", r"sgp_[A-Za-z0-9]{40,}", "sgp_"),
    token("dynatrace_token", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{40,}", "dt0"),
    token("axiom_token", rf"xa[ap]t-{_UUID}", "xaat-", "xapt-"),
    token("prefect_api_key", r"pn[ub]_[A-Za-z0-9]{36}", "pnu_", "pnb_"),
    token("readme_api_key", r"rdme_[a-z0-9]{60,}", "rdme_"),
    token("contentful_token", r"CFPAT-[A-Za-z0-9_-]{40,}", "cfpat-"),
    token("typeform_token", r"tfp_[A-Za-z0-9_.=-]{40,}", "tfp_"),
    token("hashicorp_token", r"hcp\.[A-Za-z0-9_-]{40,}", "hcp."),
)
