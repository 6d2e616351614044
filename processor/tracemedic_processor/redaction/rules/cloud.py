"""Keys of clouds, hosting and infrastructure."""

from ..checks import looks_random
from ..rule import Rule, rule, token, when

_AWS_ID = r"(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA|AGPA|AIPA|ANPA|ANVA|APKA)[A-Z0-9]{16}"

RULES: tuple[Rule, ...] = (
    token("aws_access_key", rf"{_AWS_ID}(?![A-Za-z0-9])", "akia", "asia", "aroa", "aida", "abia", "acca", "agpa", "aipa",
          "anpa", "anva", "apka"),
    rule(
        "aws_secret_key",
        rf"{_AWS_ID}[\"'\s,:;/|&]{{1,10}}(?P<secret>[A-Za-z0-9/+]{{40}})(?![A-Za-z0-9/+=])",
        extent=when(looks_random),
    ),
    token("aws_session_token", r"(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9+/=%_-]{20,}", "ogzxivyxdz", "iqojb3jpz2lu"),
    token("aws_bedrock_api_key", r"(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=]{80,}", "absk", "bedrock-api-key-"),
    token("gcp_api_key", r"AIza[0-9A-Za-z_-]{30,}", "aiza"),
    token("gcp_access_token", r"ya29\.[A-Za-z0-9_-]{20,}", "ya29."),
    token("gcp_refresh_token", r"1//0[A-Za-z0-9_-]{20,}", "1//0", extent=when(looks_random)),
    token("gcp_client_secret", r"GOCSPX-[A-Za-z0-9_-]{20,}", "gocspx-"),
    rule("azure_client_secret", r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])", "q~"),
    rule("azure_devops_token", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}", "azdo"),
    rule("azure_api_key", r"[A-Za-z0-9]{52}JQQJ9[9D][A-Za-z0-9]{20,}", "jqqj9"),
    rule("azure_sas", r"(?i:[?&;\s]sig=)(?P<secret>[A-Za-z0-9%+/_-]{20,}={0,2})", "sig="),
    token("digitalocean_token", r"do[opr]_v1_[0-9a-f]{40,}", "_v1_"),
    token("cloudflare_key", r"(?:v1\.0-[0-9a-f]{24}-[0-9a-f]{60,}|cf(?:ut|at|k)_[A-Za-z0-9_-]{30,})", "v1.0-", "cfut_", "cfat_", "cfk_"),
    token("heroku_api_key", r"HRKU-[A-Za-z0-9_-]{30,}", "hrku-"),
    token("alibaba_access_key", r"LTAI[A-Za-z0-9]{12,30}(?![A-Za-z0-9])", "ltai"),
    token("tencent_secret_id", r"AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])", "akid"),
    token("yandex_token", r"(?:AQVN[A-Za-z0-9_-]{30,}|t1\.[A-Z0-9a-z_-]{20,}\.[A-Z0-9a-z_-]{80,})", "aqvn", "t1."),
    token("scaleway_access_key", r"SCW[A-Z0-9]{17}(?![A-Za-z0-9])", "scw"),
    token("fly_token", r"(?:FlyV1 )?fm[12][a-z]?_[A-Za-z0-9+/=,_-]{40,}", "fm1", "fm2"),
    token("render_api_key", r"rnd_[A-Za-z0-9]{28,}", "rnd_"),
    token("netlify_token", r"nf[pcoub]_[A-Za-z0-9]{32,}", "nfp_", "nfc_", "nfo_", "nfu_", "nfb_"),
    token("supabase_key", r"(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,})", "sbp_", "sb_secret_"),
    token("planetscale_token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,}", "pscale_"),
    token("databricks_token", r"(?:dapi[0-9a-f]{32}(?:-\d)?|dose[0-9a-f]{32})(?![0-9a-f])", "dapi", "dose"),
    token("vault_token", r"(?:hv[sbr]\.[A-Za-z0-9_-]{20,}|[sbr]\.[A-Za-z0-9]{24}(?![A-Za-z0-9.(]))", "hvs.", "hvb.", "hvr.", "s.", "b.", "r.",
          extent=when(looks_random)),
    token("terraform_token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}", ".atlasv1."),
    token("doppler_token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,40}\.)?[A-Za-z0-9]{40,}", "dp."),
    token("pulumi_token", r"pul-[0-9a-f]{40}", "pul-"),
    token("onepassword_token", r"ops_eyJ[A-Za-z0-9_=+/-]{40,}", "ops_eyj"),
)
