"""Packages of the Java platform and of its usual libraries: frames in them are not the application's own."""

from functools import lru_cache

_PLATFORM = """
    java javax jakarta jdk sun com.sun com.oracle com.ibm.ws com.ibm.jvm oracle.jdbc oracle.net oracle.jrockit netscape
    android androidx dalvik libcore com.android com.google.android kotlin kotlinx scala scala3 dotty sbt clojure nrepl
    leiningen cljs groovy groovyjarjarasm org.codehaus.groovy org.graalvm com.oracle.truffle ammonite zio cats monix
    org.ietf org.omg org.w3c org.xml
"""
_LIBRARIES = """
    _COROUTINE akka aleph ch.qos cheshire cn.hutool co.elastic co.paralleluniverse com.alibaba com.amazonaws
    com.atomikos com.azure com.codahale com.codeborne com.couchbase com.cronutils com.datadog com.datastax
    com.esotericsoftware com.fasterxml com.github.benmanes com.github.dockerjava com.github.jknack
    com.github.jsqlparser com.github.mustachejava com.github.tomakehurst com.google.api com.google.apphosting
    com.google.auth com.google.cloud com.google.common com.google.firebase com.google.gson com.google.inject
    com.google.protobuf com.graphql com.h2database com.hazelcast com.intellij com.jayway com.jcraft com.lmax
    com.mchange com.microsoft com.mongodb com.mysql com.netflix com.newrelic com.nimbusds com.orientechnologies
    com.querydsl com.rabbitmq com.ryantenney com.samskivert com.sendgrid com.sksamuel com.squareup com.stripe
    com.stuartsierra com.thoughtworks com.twilio com.twitter.finagle com.twitter.util com.typesafe com.unboundid
    com.univocity com.vaadin com.vladmihalcea com.zaxxer compojure coursier datadog doobie feign freemarker fs2
    gnu gradle graphql groovyx hiccup honeysql httl io.activej io.agroal io.ballerina io.confluent io.debezium
    io.dropwizard io.etcd io.fabric8 io.github.bucket4j io.github.classgraph io.github.resilience4j io.grpc
    io.helidon io.javalin io.jsonwebtoken io.ktor io.kubernetes io.lettuce io.micrometer io.micronaut io.minio
    io.mockk io.netty io.opencensus io.opentelemetry io.opentracing io.pebbletemplates io.pedestal
    io.projectreactor io.prometheus io.quarkus io.r2dbc io.reactivex io.rsocket io.searchbox io.sentry
    io.smallrye io.sundr io.swagger io.temporal io.trino io.undertow io.vavr io.vertx jersey jline junit kafka
    kamon ki.spec liquibase lombok me.prettyprint metosin munit net.bytebuddy net.java net.jodah net.jpountz
    net.logstash net.minidev net.sf net.snowflake net.spy net.ttddyy next.jdbc ognl okhttp3 okio opennlp
    org.aopalliance org.apache org.aspectj org.assertj org.bouncycastle org.bson org.checkerframework
    org.cloudfoundry org.codehaus org.cometd org.conscrypt org.dom4j org.easymock org.eclipse org.ehcache
    org.elasticsearch org.exolab org.flywaydb org.freemarker org.glassfish org.gradle org.h2 org.hamcrest
    org.hdrhistogram org.hibernate org.hsqldb org.http4s org.igniterealtime org.infinispan org.javacord
    org.jboss org.jdbi org.jdom org.jetbrains org.joda org.jooq org.jose4j org.json org.json4s org.jsoup
    org.junit org.keycloak org.koin org.liquibase org.lwjgl org.mariadb org.mockito org.modelmapper org.mongodb
    org.mortbay org.mozilla org.mybatis org.neo4j org.objectweb org.objenesis org.openjdk org.openqa
    org.opensaml org.opensearch org.openxml4j org.osgi org.picocontainer org.postgresql org.powermock org.quartz
    org.reactivestreams org.redisson org.reflections org.rocksdb org.scala org.scalacheck org.scalajs
    org.scalatest org.scalatra org.seleniumhq org.slf4j org.specs2 org.spockframework org.springdoc
    org.springfox org.springframework org.sqlite org.testcontainers org.testng org.thymeleaf org.tukaani
    org.xbib org.xerial org.xnio org.yaml org.zalando pl.allegro play reactor redis.clients reitit retrofit
    retrofit2 ring.adapter ring.middleware ring.util rx scalaj scalaz scalikejdbc shapeless slick
    software.amazon spark spray springfox sttp taoensso tapir tools.jackson ujson upickle weblogic zipkin2
"""

_PARTS_MAX = 3
_LISTED = frozenset((_PLATFORM + _LIBRARIES).split())


@lru_cache(maxsize=4096)
def _is_listed(package: str) -> bool:
    parts = package.split(".", _PARTS_MAX)
    return any(".".join(parts[:count]) in _LISTED for count in range(1, min(len(parts), _PARTS_MAX) + 1))


def is_library(class_name: str) -> bool:
    """Whether a class lives in one of the packages above. A class without a package is the application's."""
    package, dot, _ = class_name[:512].rpartition(".")
    return bool(dot) and _is_listed(package)
