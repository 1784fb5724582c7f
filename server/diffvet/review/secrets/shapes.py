"""The shapes of the tokens that vendors issue: facts they publish, see each vendor's documentation."""

from typing import Final, NamedTuple

from diffvet.review.secrets.kinds import Kind

_A: Final = "[A-Za-z0-9]"
_W: Final = "[A-Za-z0-9_-]"
_H: Final = "[a-f0-9]"
_U: Final = f"{_H}{{8}}-{_H}{{4}}-{_H}{{4}}-{_H}{{4}}-{_H}{{12}}"


class Shape(NamedTuple):
    """Words a token begins with, and what follows each of them."""

    label: str
    noun: str
    words: str
    rest: str


SHAPES: Final = (
    Shape("AWS_KEY", "An AWS access key id", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Shape("GITHUB_TOKEN", "A GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", f"{_A}{{36,255}}"),
    Shape("GITHUB_TOKEN", "A GitHub token", "github_pat_", "[A-Za-z0-9_]{36,255}"),
    Shape("GITLAB_TOKEN", "A GitLab token", "glpat- gldt- glrt- glptt- glcbt- glft- glimt- glagent- gloas- glsoat- glffct-", f"{_W}{{18,255}}(?:\\.{_W}{{2,20}}){{0,2}}"),
    Shape("GITLAB_TOKEN", "A GitLab token", "GR1348941", f"{_W}{{20}}"),
    Shape("SLACK_TOKEN", "A Slack token", "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd-", "[A-Za-z0-9-%/+]{18,400}"),
    Shape("SLACK_TOKEN", "A Slack token", "xapp-", "\\d-[A-Za-z0-9-]{18,400}"),
    Shape("STRIPE_KEY", "A Stripe key", "sk_live_ rk_live_ sk_test_ rk_test_", f"{_A}{{16,250}}"),
    Shape("STRIPE_KEY", "A Stripe webhook secret", "whsec_", "[A-Za-z0-9+/=]{24,100}"),
    Shape("GOOGLE_KEY", "A Google API key", "AIza", f"{_W}{{35}}(?!{_W})"),
    Shape("GOOGLE_SECRET", "A Google client secret", "GOCSPX-", f"{_W}{{28}}"),
    Shape("GOOGLE_TOKEN", "A Google access token", "ya29.", "[A-Za-z0-9_.-]{20,2000}"),
    Shape("GOOGLE_TOKEN", "A Google refresh token", "1//0", f"{_W}{{40,200}}"),
    Shape("NPM_TOKEN", "An npm token", "npm_", f"{_A}{{36}}"),
    Shape("PYPI_TOKEN", "A PyPI token", "pypi-AgE pypi-AgN", f"{_W}{{50,1000}}"),
    Shape("RUBYGEMS_TOKEN", "A RubyGems key", "rubygems_", f"{_H}{{48}}"),
    Shape("CRATES_TOKEN", "A crates.io token", "cio", f"{_A}{{32}}(?!{_W})"),
    Shape("NUGET_KEY", "A NuGet key", "oy2", "[a-z0-9]{43}(?![A-Za-z0-9_-])"),
    Shape("CLOJARS_TOKEN", "A Clojars token", "CLOJARS_", "[a-z0-9]{60}"),
    Shape("HEX_TOKEN", "A package registry token", "hexkey-", f"{_H}{{32}}"),
    Shape("DOCKER_TOKEN", "A Docker token", "dckr_pat_ dckr_oat_", f"{_W}{{27,40}}"),
    Shape("SENDGRID_KEY", "A SendGrid key", "SG.", f"{_W}{{16,32}}\\.{_W}{{16,64}}"),
    Shape("TWILIO_KEY", "A Twilio key", "SK", f"{_H}{{32}}(?!{_W})"),
    Shape("MAILGUN_KEY", "A Mailgun key", "key-", f"(?:{_H}{{32}}|[a-z0-9]{{32}})(?!{_W})"),
    Shape("BREVO_KEY", "A Brevo key", "xkeysib- xsmtpsib-", f"{_H}{{64}}-{_A}{{16}}"),
    Shape("OPENAI_KEY", "An OpenAI key", "sk-proj- sk-svcacct- sk-admin- sk-None-", f"{_W}{{20,400}}"),
    Shape("ANTHROPIC_KEY", "An Anthropic key", "sk-ant-", f"{_W}{{20,400}}"),
    Shape("MODEL_KEY", "A model provider's key", "sk-or-v1-", f"{_H}{{40,80}}"),
    Shape("MODEL_KEY", "A model provider's key", "sk-", f"{_A}{{30,80}}(?!{_W})"),
    Shape("MODEL_KEY", "A model provider's key", "gsk_ r8_ xai- pplx- csk- fw_ nvapi- jina_ tgp_v1_", f"{_W}{{30,200}}"),
    Shape("HF_TOKEN", "A Hugging Face token", "hf_", f"{_A}{{30,40}}(?!{_W})"),
    Shape("HF_TOKEN", "A Hugging Face token", "api_org_", f"{_A}{{34}}(?!{_W})"),
    Shape("ROUTING_KEY", "A routing.run key", "rk_", f"{_H}{{64}}(?!{_W})"),
    Shape("DIGITALOCEAN_TOKEN", "A DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", f"{_H}{{64}}"),
    Shape("HEROKU_KEY", "A Heroku key", "HRKU-", f"(?:{_U}|{_W}{{36,80}})"),
    Shape("SHOPIFY_TOKEN", "A Shopify token", "shpat_ shpca_ shppa_ shpss_", "[a-fA-F0-9]{32}"),
    Shape("SQUARE_TOKEN", "A Square token", "sq0csp- sq0atp- sq0idp-", f"{_W}{{22,50}}"),
    Shape("SQUARE_TOKEN", "A Square token", "EAAA", f"{_W}{{56,64}}(?!{_W})"),
    Shape("FACEBOOK_TOKEN", "A Facebook token", "EAACEdEose0cBA EAAB EAAG", f"{_A}{{40,300}}(?!{_W})"),
    Shape("FACEBOOK_TOKEN", "A Facebook token", "EAA", f"{_A}{{90,300}}(?![A-Za-z0-9_+/=-])"),
    Shape("DATABRICKS_TOKEN", "A Databricks token", "dapi dkea", f"{_H}{{32}}(?:-\\d)?(?!{_W})"),
    Shape("ATLASSIAN_TOKEN", "An Atlassian token", "ATATT3x ATCTT3x ATBB ATSTT3x", "[A-Za-z0-9_=-]{24,400}"),
    Shape("LINEAR_KEY", "A Linear key", "lin_api_ lin_oauth_", f"{_A}{{32,80}}"),
    Shape("NEWRELIC_KEY", "A New Relic key", "NRAK- NRII- NRSP- NRRA- NRIQ- NRJS-", f"{_W}{{19,64}}"),
    Shape("VAULT_TOKEN", "A HashiCorp Vault token", "hvs. hvb. hvr.", f"{_W}{{20,300}}"),
    Shape("VAULT_TOKEN", "A HashiCorp Vault token", "s.", f"(?=[A-Za-z0-9]*\\d){_A}{{24}}(?!{_W})"),
    Shape("TERRAFORM_TOKEN", "A Terraform Cloud token", "atlasv1.", "[A-Za-z0-9=_-]{60,80}"),
    Shape("DOPPLER_TOKEN", "A Doppler token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", "(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}"),
    Shape("GRAFANA_TOKEN", "A Grafana token", "glsa_", f"{_A}{{32}}_{_H}{{8}}"),
    Shape("GRAFANA_TOKEN", "A Grafana token", "glc_", "[A-Za-z0-9+/=]{32,400}"),
    Shape("SENTRY_TOKEN", "A Sentry token", "sntrys_ sntryu_ sntrya_", "[A-Za-z0-9+/=_-]{40,400}"),
    Shape("POSTMAN_KEY", "A Postman key", "PMAK-", f"{_H}{{24}}-{_H}{{34}}"),
    Shape("FIGMA_TOKEN", "A Figma token", "figd_ figu_", f"{_W}{{40,60}}"),
    Shape("NOTION_TOKEN", "A Notion token", "ntn_ secret_", f"{_A}{{43,50}}(?!{_W})"),
    Shape("AIRTABLE_TOKEN", "An Airtable token", "pat", f"{_A}{{14}}\\.{_H}{{64}}"),
    Shape("DROPBOX_TOKEN", "A Dropbox token", "sl.u. sl.B", f"{_W}{{60,1500}}"),
    Shape("DROPBOX_TOKEN", "A Dropbox token", "sl.", f"{_W}{{120,1500}}"),
    Shape("CONTENTFUL_TOKEN", "A Contentful token", "CFPAT-", f"{_W}{{43}}"),
    Shape("NETLIFY_TOKEN", "A Netlify token", "nfp_ nfc_ nfo_", f"{_A}{{36,40}}"),
    Shape("FLY_TOKEN", "A Fly.io token", "fo1_ fm1_ fm2_", "[A-Za-z0-9_+/=-]{40,600}"),
    Shape("SUPABASE_KEY", "A Supabase key", "sbp_ sb_secret_", f"{_W}{{31,60}}"),
    Shape("PLANETSCALE_KEY", "A PlanetScale key", "pscale_tkn_ pscale_pw_ pscale_oauth_", "[A-Za-z0-9_.-]{32,64}"),
    Shape("PREFECT_KEY", "A Prefect key", "pnu_ pnb_", f"{_A}{{36}}"),
    Shape("PULUMI_TOKEN", "A Pulumi token", "pul-", f"{_H}{{40}}"),
    Shape("VERCEL_TOKEN", "A Vercel token", "vercel_blob_rw_ vcp_ vci_ vca_ vcr_ vck_", f"{_W}{{24,100}}"),
    Shape("CIRCLECI_TOKEN", "A CircleCI token", "CCIPAT_ CCIPRJ_", f"{_A}{{22}}_{_H}{{40}}"),
    Shape("BUILDKITE_TOKEN", "A Buildkite token", "bkua_", f"{_H}{{40}}"),
    Shape("JFROG_TOKEN", "A JFrog token", "AKCp", f"{_A}{{69}}(?!{_W})"),
    Shape("JFROG_TOKEN", "A JFrog token", "cmVmdGtu", f"{_A}{{56}}(?!{_W})"),
    Shape("DYNATRACE_TOKEN", "A Dynatrace token", "dt0c01. dt0s01.", "[A-Z0-9]{8,24}\\.[A-Z0-9]{64}"),
    Shape("POSTHOG_KEY", "A PostHog key", "phx_", f"{_A}{{40,48}}"),
    Shape("ALIBABA_KEY", "An Alibaba Cloud key id", "LTAI", f"{_A}{{16,26}}(?!{_W})"),
    Shape("TENCENT_KEY", "A Tencent Cloud key id", "AKID", f"{_A}{{32}}(?!{_W})"),
    Shape("YANDEX_TOKEN", "A Yandex token", "AQVN y0_A t1.9eu", "[A-Za-z0-9_=.-]{35,220}"),
    Shape("RAZORPAY_KEY", "A Razorpay key", "rzp_live_", f"{_A}{{14,24}}"),
    Shape("FLUTTERWAVE_KEY", "A Flutterwave key", "FLWSECK-", f"{_A}{{12,40}}-X"),
    Shape("PLAID_TOKEN", "A Plaid token", "access-production- access-development- access-sandbox-", _U),
    Shape("EASYPOST_KEY", "An EasyPost key", "EZAK EZTK", f"{_A}{{54}}"),
    Shape("SHIPPO_TOKEN", "A Shippo token", "shippo_live_ shippo_test_", f"{_H}{{40}}"),
    Shape("DUFFEL_TOKEN", "A Duffel token", "duffel_live_ duffel_test_", f"{_W}{{43}}"),
    Shape("LOB_KEY", "A Lob key", "live_pub_ test_pub_", f"{_H}{{31}}"),
    Shape("README_KEY", "A ReadMe key", "rdme_", "[a-z0-9]{70}"),
    Shape("TYPEFORM_TOKEN", "A Typeform token", "tfp_", "[A-Za-z0-9_.-]{40,64}"),
    Shape("MAPBOX_TOKEN", "A Mapbox secret token", "sk.eyJ", f"{_W}{{40,200}}\\.{_W}{{20,30}}"),
    Shape("AGE_KEY", "An age identity", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"),
    Shape("ONEPASSWORD_TOKEN", "A 1Password token", "ops_eyJ", "[A-Za-z0-9+/=_-]{60,1500}"),
    Shape("SCALEWAY_KEY", "A Scaleway key id", "SCW", "[A-Z0-9]{17}(?![A-Za-z0-9])"),
    Shape("CLOUDFLARE_KEY", "A Cloudflare key", "v1.0-", f"{_H}{{24}}-{_H}{{146}}"),
    Shape("ADYEN_KEY", "An Adyen key", "AQE", "[A-Za-z0-9+/=]{90,200}-[A-Za-z0-9+/=]{30,60}-\\S{10,40}"),
    Shape("INFRACOST_KEY", "An Infracost key", "ico-", f"{_A}{{32}}(?!{_W})"),
    Shape("MAKE_TOKEN", "A service token", "sgp_ pkl_ gto_ ddp_ ddu_ tskey-auth- tskey-api- tskey-client-", f"{_W}{{20,100}}"),
    Shape("MODEL_KEY", "A model provider's key", "tvly- apify_api_", f"{_A}{{32,60}}"),
    Shape("MODEL_KEY", "A model provider's key", "lsv2_pt_ lsv2_sk_", f"{_H}{{32}}_{_H}{{10}}"),
    Shape("MODEL_KEY", "A model provider's key", "e2b_ fc-", f"{_H}{{32,40}}(?!{_W})"),
    Shape("AWS_KEY_FOR_MODELS", "An AWS key for models", "ABSK", "[A-Za-z0-9+/]{80,160}={0,2}"),
    Shape("RESEND_KEY", "A Resend key", "re_", f"{_A}{{8}}_{_A}{{24}}(?!{_W})"),
    Shape("RIOT_KEY", "A Riot Games key", "RGAPI-", _U),
    Shape("YANDEX_TOKEN", "A Yandex token", "y0_", f"{_W}{{50,130}}"),
    Shape("DISCORD_TOKEN", "A Discord token", "mfa.", f"{_W}{{80,90}}"),
    Shape("PYPI_TOKEN", "A PyPI token", "pypi-", f"{_W}{{85,1000}}"),
    Shape("AWS_KEY", "An Amazon MWS token", "amzn.mws.", _U),
    Shape("OPENSHIFT_TOKEN", "An OpenShift token", "sha256~", f"{_W}{{43}}(?!{_W})"),
    Shape("FLUTTERWAVE_KEY", "A Flutterwave key", "FLWSECK_TEST-", f"{_A}{{12,40}}-X"),
    Shape("PASETO", "A PASETO token", "v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.", f"{_W}{{40,8000}}"),
    Shape("JWT", "A signed JSON Web Token", "eyJhbGci eyJ0eXAi eyJraWQi", f"{_W}{{8,8000}}\\.{_W}{{16,8000}}\\.{_W}{{16,2000}}"),
    Shape("JWT", "A signed JSON Web Token", "eyJ ewog", f"{_W}{{8,8000}}\\.(?:eyJ|ewog){_W}{{6,8000}}\\.{_W}{{16,2000}}"),
)  # fmt: skip

ANCHORED: Final = (
    (":AA", Kind("TELEGRAM_TOKEN", "A Telegram bot token"), 11, rf"(?<!\d)\d{{8,10}}:AA{_W}{{32,34}}(?!{_W})"),
    ("-us", Kind("MAILCHIMP_KEY", "A Mailchimp key"), 33, rf"(?<!{_W}){_H}{{32}}-us\d{{1,2}}(?!{_W})"),
    ("Q~", Kind("AZURE_SECRET", "An Azure client secret"), 5, r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,37}(?![\w~-])"),
    ("NRAL", Kind("NEWRELIC_KEY", "A New Relic key"), 51, rf"(?<!{_W})(?:eu01xx)?{_H}{{30,40}}(?:FFFF)?NRAL(?!{_W})"),
    ("T3BlbkFJ", Kind("OPENAI_KEY", "An OpenAI key"), 24, rf"(?<!{_W})sk-{_A}{{20}}T3BlbkFJ{_A}{{20}}(?!{_W})"),
    ("hooks.slack.com/", Kind("SLACK_WEBHOOK", "A Slack webhook"), 0, r"hooks\.slack\.com/(?:services|workflows|triggers)/\w{6,14}/\w{6,20}/\w{16,40}"),
    ("/webhooks/", Kind("DISCORD_WEBHOOK", "A Discord webhook"), 0, rf"/webhooks/\d{{16,20}}/{_W}{{50,80}}"),
    ("/webhookb2/", Kind("TEAMS_WEBHOOK", "A Teams webhook"), 0, rf"/webhookb2/{_U}@{_U}/\w+/{_H}{{32}}/{_U}(?:/{_W}+)?"),
    ("AAAAAAAAAAAAAAAAAAAA", Kind("TWITTER_TOKEN", "A Twitter token"), 2, r"(?<![\w+/])A{19,24}(?P<value>[A-Za-z0-9%]{50,110})(?![\w+/=])"),
    (":APA91b", Kind("FIREBASE_KEY", "A Firebase server key"), 12, rf"(?<!{_W})AAAA{_W}{{7}}:APA91b{_W}{{120,160}}"),
    ("access_token$", Kind("BRAINTREE_TOKEN", "A Braintree token"), 0, rf"access_token\$(?:production|sandbox)\$[a-z0-9]{{12,20}}\${_H}{{32}}"),
    ("accounts", Kind("ETHEREUM_KEY", "The private key of an account"), 0, r"accounts[\"']?\s*[:=]\s*\[\s*[\"'](?P<value>0x[0-9a-fA-F]{64})(?=[\"'])"),
)  # fmt: skip
"""Shapes known by a word in their middle, and how many code points may stand before it; the token is all, or ``value``."""
AWS_ID: Final = "AWS_KEY"
AWS_SECRET: Final = (
    Kind("AWS_SECRET", "An AWS secret access key"),
    r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])",
)
BESIDE: Final = 200
"""The secret of an AWS key stands no further from its id than so many code points."""

DISCORD: Final = (
    Kind("DISCORD_TOKEN", "A Discord token"),
    rf"(?<!{_W})[MNO]{_W}{{23,28}}\.{_W}{{6}}\.{_W}{{27,40}}",
)
PREFIXED: Final = (
    Kind("API_TOKEN", "A service token"),
    r"(?P<prefix>[a-z][a-z0-9]{1,11})(?:[_-][a-z0-9]{1,10}){0,2}[_-](?P<value>[A-Za-z0-9]{32,120})",
)
"""What most services issue now: a word that names them, and something drawn."""
NAMED_IDS: Final = frozenset(
    ["pk", "pub", "public", "id", "css", "chatcmpl", "file", "org", "msg", "req", "sha", "sha256", "sha384", "sha512", "md5", "hash", "integrity", "img", "image"]
)  # fmt: skip
"""First words of what looks like a token and is none."""
MAILGUN: Final = (Kind("MAILGUN_KEY", "A Mailgun key"), rf"(?<!{_W}){_H}{{32}}-{_H}{{8}}-{_H}{{8}}(?!{_W})")
