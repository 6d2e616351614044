"""What well-known libraries are for, by the packages of their frames: a hint where name and words say little.

Errors of JavaScript, Go and Ruby libraries are often a plain `Error`; that it was raised inside a YAML reader or an
HTTP client still tells where to look first. Databases, clouds and model providers have theirs in their own files.
"""

from tracemedic_processor.classify.rule import rule, table

WEIGHT = 0.4
"""Enough to answer with when nothing else speaks, never enough to outvote a type or a sentence."""

TABLE = table(
    rule(
        "serialization",
        WEIGHT,
        "a library that reads or writes a format",
        modules="""
        json.decoder json.encoder yaml ruamel toml tomllib tomli xml.etree lxml csv pickle msgpack cbor2 avro
        fastavro orjson ujson simplejson dateutil.parser html5lib google.protobuf zlib gzip base64 struct
        plistlib com.fasterxml.jackson com.google.gson org.json org.yaml.snakeyaml com.google.protobuf
        org.xml.sax org.dom4j org.jsoup com.opencsv org.apache.commons.csv org.apache.avro com.univocity
        com.thoughtworks.xstream javax.xml com.squareup.moshi kotlinx.serialization org.apache.poi js-yaml
        xml2js fast-xml-parser csv-parse papaparse protobufjs avsc msgpackr cbor ini @iarna/toml smol-toml json5
        jsonc-parser sax xmldom @xmldom/xmldom iconv-lite psych json rexml nokogiri oj ox toml-rb tomlrb
        symfony/yaml league/csv symfony/serializer nesbot
        """,
    ),
    rule(
        "validation",
        WEIGHT,
        "a library that checks input",
        modules="""
        marshmallow jsonschema cerberus voluptuous pydantic pydantic_core wtforms email_validator click argparse
        org.hibernate.validator jakarta.validation javax.validation com.networknt org.everit picocli joi ajv zod
        yup superstruct valibot class-validator validator express-validator fastest-validator commander yargs
        io-ts @hapi/joi @sinclair/typebox multer respect/validation webmozart/assert beberlei/assert
        symfony/validator opis/json-schema justinrainbow dry-validation dry-schema dry-types dry-struct
        json-schema json_schemer github.com/go-playground/validator phonenumbers libphonenumber-js optparse thor
        """,
        severity="low",
    ),
    rule(
        "authentication",
        WEIGHT,
        "a library for tokens and logins",
        modules="""
        jwt jose authlib oauthlib itsdangerous passlib ldap3 msal io.jsonwebtoken com.auth0.jwt com.nimbusds
        org.springframework.security jsonwebtoken passport openid-client oauth2-server bcrypt bcryptjs next-auth
        firebase/php-jwt lcobucci/jwt league/oauth2-client league/oauth2-server ruby-jwt oauth2 omniauth devise
        warden argon2 github.com/golang-jwt
        """,
    ),
    rule(
        "network",
        WEIGHT,
        "a client of the network",
        modules="""
        socket ssl http.client urllib.request urllib3 requests aiohttp httpcore websockets websocket smtplib
        ftplib paramiko pika amqp kombu kafka aiokafka nats paho dns axios node-fetch undici superagent got
        needle nodemailer amqplib kafkajs ws socket.io-client ssh2 mqtt stompit net/http net/smtp net/ftp
        net/ssh faraday httparty rest-client excon typhoeus http httpx bunny ruby-kafka rdkafka guzzlehttp
        symfony/http-client php-amqplib phpmailer symfony/mailer okhttp3 org.apache.http org.apache.hc io.netty
        reactor.netty com.rabbitmq jakarta.mail javax.mail org.apache.commons.net com.jcraft.jsch
        org.eclipse.paho
        """,
        severity="medium",
    ),
    rule(
        "configuration",
        WEIGHT,
        "a library that reads settings",
        modules="""
        decouple environ environs dynaconf configparser pydantic_settings omegaconf hydra dotenv envalid convict
        config com.typesafe.config org.springframework.boot.context.properties vlucas/phpdotenv symfony/dotenv
        symfony/dependency-injection php-di league/container figaro dry-configurable
        """,
    ),
    rule(
        "filesystem",
        WEIGHT,
        "a library for files, archives and templates on disk",
        modules="""
        zipfile tarfile shutil glob PIL openpyxl xlrd pypdf java.util.zip java.nio.file adm-zip yauzl tar
        unzipper fs-extra graceful-fs sharp league/flysystem symfony/filesystem symfony/finder rubyzip zip
        fileutils
        """,
    ),
    rule(
        "dependency",
        WEIGHT,
        "a client of another company's service, or a circuit breaker",
        modules="""
        stripe twilio slack_sdk github sendgrid googleapiclient com.stripe com.twilio io.github.resilience4j
        dev.failsafe opossum cockatiel @octokit @slack/web-api octokit circuitbox stoplight semian
        stripe/stripe-php pybreaker
        """,
    ),
    rule(
        "programming_error",
        WEIGHT,
        "a library for computing, patterns or templates",
        modules="""
        numpy pandas scipy sklearn networkx jinja2 mako re sre_parse handlebars mustache nunjucks ejs pug
        twig/twig liquid haml slim freemarker org.thymeleaf com.google.common.base com.google.common.collect
        org.apache.commons.lang3
        """,
    ),
)
