"""Packages of the Java platform and of its usual libraries: frames in them are not the application's own."""

from functools import lru_cache

_PLATFORM = """
    java javax jakarta jdk sun com.sun com.oracle com.ibm.ws com.ibm.jvm oracle.jdbc oracle.net oracle.jrockit netscape
    android androidx dalvik libcore com.android com.google.android kotlin kotlinx scala scala3 dotty sbt clojure nrepl
    leiningen cljs groovy groovyjarjarasm org.codehaus.groovy org.graalvm com.oracle.truffle ammonite zio cats monix
    org.ietf org.omg org.w3c org.xml worker
"""
_LIBRARIES = """
    akka play ch.qos cn.hutool co.elastic co.paralleluniverse com.alibaba com.amazonaws com.atomikos com.azure com.codahale
    com.codeborne com.couchbase com.cronutils com.datadog com.datastax com.esotericsoftware com.fasterxml com.github
    com.google.api com.google.apphosting com.google.auth com.google.cloud com.google.common com.google.firebase
    com.google.gson com.google.inject com.google.protobuf com.graphql com.h2database com.hazelcast com.intellij
    com.jayway com.jcraft com.lmax com.mchange com.microsoft com.mongodb com.mysql com.nimbusds com.netflix
    com.newrelic com.orientechnologies com.querydsl com.rabbitmq com.ryantenney com.samskivert com.sendgrid com.squareup
    com.stripe com.sksamuel com.thoughtworks com.twilio com.twitter.finagle com.twitter.util com.typesafe com.unboundid
    com.univocity com.vaadin com.vladmihalcea com.zaxxer compojure coursier datadog doobie feign freemarker fs2 gnu
    graphql groovyx httl io.activej io.agroal io.ballerina io.confluent io.debezium io.dropwizard io.etcd io.fabric8
    io.github io.grpc io.helidon io.javalin io.jsonwebtoken io.ktor io.kubernetes io.lettuce io.micrometer
    io.micronaut io.minio io.mockk io.netty io.opencensus io.opentelemetry io.opentracing io.pebbletemplates
    io.projectreactor io.prometheus io.quarkus io.r2dbc io.reactivex io.rsocket io.searchbox io.sentry io.smallrye
    io.sundr io.swagger io.temporal io.trino io.undertow io.vavr io.vertx jersey jline junit kafka kamon ki.spec
    lombok me.prettyprint mu net.bytebuddy net.java net.jodah net.jpountz net.minidev net.sf net.snowflake
    net.logstash net.spy net.ttddyy ninja okhttp3 okio ognl opennlp org.aopalliance org.apache org.aspectj org.assertj
    org.bouncycastle org.bson org.checkerframework org.cloudfoundry org.codehaus org.conscrypt org.cometd org.dom4j
    org.easymock org.eclipse org.ehcache org.elasticsearch org.exolab org.flywaydb org.freemarker org.glassfish
    org.gradle org.h2 org.hamcrest org.hdrhistogram org.hibernate org.hsqldb org.http4s org.igniterealtime org.infinispan
    org.javacord org.jboss org.jdbi org.jdom org.jetbrains org.joda org.jooq org.jose4j org.jsoup org.json org.json4s
    org.junit org.keycloak org.koin org.liquibase org.lwjgl org.mariadb org.mockito org.modelmapper org.mongodb
    org.mortbay org.mozilla org.mybatis org.neo4j org.objectweb org.objenesis org.openjdk org.openqa org.opensearch
    org.opensaml org.openxml4j org.osgi org.picocontainer org.postgresql org.powermock org.quartz org.reactivestreams
    org.redisson org.reflections org.rocksdb org.scala org.scalatest org.scalatra org.seleniumhq org.slf4j
    org.specs2 org.spockframework org.springdoc org.springframework org.springfox org.sqlite org.testcontainers
    org.testng org.thymeleaf org.tukaani org.xbib org.xerial org.xnio org.yaml org.zalando pl.allegro
    reactor redis retrofit retrofit2 ring rx scalaj scalaz scalikejdbc shadow shapeless slick software.amazon spark
    springfox spray sttp tapir tech.units tools.jackson weblogic worker.org gradle zipkin2 liquibase
    manifold mill munit cask requests upickle ujson org.scalacheck org.scalajs hikari next.jdbc ring.adapter reitit
    aleph _COROUTINE cheshire honeysql hiccup io.pedestal com.stuartsierra metosin mount taoensso
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
