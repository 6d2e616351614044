"""Java, Kotlin, Scala, Clojure, Android: the JDK and well-known libraries that are no database."""

from tracemedic_processor.classify.rule import rule, table

_JDK = (
    rule(
        "programming_error",
        0.87,
        "the JVM's own error for a bug in the code",
        types="""
        java.lang.NullPointerException java.lang.ClassCastException java.lang.ArrayIndexOutOfBoundsException
        java.lang.IndexOutOfBoundsException java.lang.StringIndexOutOfBoundsException
        java.lang.ArithmeticException java.lang.ArrayStoreException java.lang.NegativeArraySizeException
        java.util.NoSuchElementException java.lang.AssertionError java.lang.StackOverflowError
        java.lang.UnsupportedOperationException java.lang.CloneNotSupportedException
        java.util.InputMismatchException kotlin.KotlinNullPointerException
        kotlin.UninitializedPropertyAccessException kotlin.NotImplementedError
        kotlin.NoWhenBranchMatchedException scala.MatchError scala.NotImplementedError
        java.util.EmptyStackException java.lang.NoSuchFieldException
        java.lang.reflect.InaccessibleObjectException java.util.MissingFormatArgumentException
        clojure.lang.ArityException java.util.UnknownFormatConversionException java.lang.IllegalCallerException
        kotlin.TypeCastException java.lang.EnumConstantNotPresentException
        java.lang.IllegalMonitorStateException clojure.lang.Compiler*
        """,
    ),
    rule(
        "programming_error",
        0.45,
        "an argument or a state the code did not expect",
        types="java.lang.IllegalStateException",
    ),
    rule(
        "validation",
        0.42,
        "an argument was refused",
        types="java.lang.IllegalArgumentException kotlin.IllegalArgumentException",
    ),
    rule(
        "serialization",
        0.85,
        "text that is no identifier, base64 or address",
        types="java.lang.IllegalArgumentException",
        phrases=[r"invalid uuid string|illegal base64|illegal hex|urldecoder|unable to parse|cannot parse|not parse"],
    ),
    rule(
        "programming_error",
        0.9,
        "an enum has no such constant",
        types="java.lang.IllegalArgumentException",
        phrases=[r"no enum constant|comparison method violates|must be positive|must not be null"],
    ),
    rule(
        "programming_error",
        0.88,
        "wrong use of an interface in the code",
        types="java.lang.IllegalStateException",
        phrases=[
            r"stream has already been operated|getOutputStream\(\) has already|cannot call .{0,40}after",
            r"has not been (initialized|attached)",
            r"not attached to|can not perform this action after onSaveInstanceState|fragment .*not attached",
            r"response.{0,20}committed",
        ],
    ),
    rule(
        "dependency",
        0.93,
        "a class or method is missing or of another version",
        types="""
        java.lang.ClassNotFoundException java.lang.NoClassDefFoundError java.lang.NoSuchMethodError
        java.lang.NoSuchFieldError java.lang.AbstractMethodError java.lang.IncompatibleClassChangeError
        java.lang.UnsupportedClassVersionError java.lang.LinkageError java.lang.UnsatisfiedLinkError
        java.lang.VerifyError java.lang.IllegalAccessError java.util.ServiceConfigurationError
        java.lang.NoSuchMethodException java.lang.BootstrapMethodError java.lang.InstantiationError
        java.lang.ClassFormatError java.lang.module.FindException java.lang.module.ResolutionException
        java.lang.ClassCircularityError
        """,
    ),
    rule(
        "resource_exhaustion",
        0.96,
        "the JVM ran out of memory or threads",
        types="java.lang.OutOfMemoryError io.netty.util.internal.OutOfDirectMemoryError",
        severity="critical",
    ),
    rule(
        "concurrency",
        0.93,
        "threads got into each other's way",
        types="""
        java.util.ConcurrentModificationException java.util.concurrent.RejectedExecutionException
        java.util.concurrent.BrokenBarrierException java.lang.IllegalThreadStateException
        java.nio.channels.OverlappingFileLockException org.springframework.core.task.TaskRejectedException
        java.lang.IllegalMonitorStateException java.nio.channels.WritePendingException
        java.nio.channels.ReadPendingException kotlinx.coroutines.channels.ClosedSendChannelException
        android.view.ViewRootImpl$CalledFromWrongThreadException android.os.NetworkOnMainThreadException
        """,
        firm=True,
    ),
    rule(
        "concurrency",
        0.9,
        "threads or coroutines used the wrong way",
        types="java.lang.IllegalStateException",
        phrases=[
            r"(not|wrong|main|same|another|different|ui) thread|block\(\)/blockFirst|recursive update|queue full",
            r"already executing",
        ],
        firm=True,
    ),
    rule(
        "concurrency",
        0.55,
        "a thread was interrupted",
        types="""
        java.lang.InterruptedException java.util.concurrent.CancellationException
        kotlinx.coroutines.JobCancellationException
        """,
    ),
    rule(
        "timeout",
        0.9,
        "a time limit passed",
        types="""
        java.util.concurrent.TimeoutException java.net.SocketTimeoutException java.net.http.HttpTimeoutException
        java.net.http.HttpConnectTimeoutException io.netty.handler.timeout.*
        io.netty.channel.ConnectTimeoutException org.apache.http.conn.ConnectTimeoutException
        org.apache.http.conn.ConnectionPoolTimeoutException dev.failsafe.TimeoutExceededException
        org.apache.hc.client5.http.ConnectTimeoutException kotlinx.coroutines.TimeoutCancellationException
        io.ktor.client.plugins.HttpRequestTimeoutException
        io.ktor.client.network.sockets.ConnectTimeoutException akka.pattern.AskTimeoutException
        org.apache.kafka.common.errors.TimeoutException
        software.amazon.awssdk.core.exception.ApiCallTimeoutException
        software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException
        io.github.resilience4j.timelimiter.*
        org.springframework.web.context.request.async.AsyncRequestTimeoutException
        org.openqa.selenium.TimeoutException java.io.InterruptedIOException
        """,
    ),
    rule(
        "network",
        0.9,
        "a connection failed",
        types="""
        java.net.ConnectException java.net.UnknownHostException java.net.NoRouteToHostException
        java.net.PortUnreachableException javax.net.ssl.* java.security.cert.* sun.security.*
        java.net.BindException org.apache.http.client.ClientProtocolException org.apache.http.client.* io.nats.*
        org.apache.hc.* org.apache.http.* okhttp3.* feign.RetryableException org.eclipse.paho.*
        io.vertx.core.http.* org.apache.pulsar.client.* org.apache.commons.net.* net.schmizz.sshj.*
        org.apache.sshd.* reactor.netty.* org.apache.http.conn.HttpHostConnectException
        org.apache.hc.client5.http.HttpHostConnectException
        io.netty.channel.AbstractChannel$AnnotatedConnectException
        org.springframework.boot.web.server.PortInUseException java.nio.channels.UnresolvedAddressException
        java.net.ProtocolException io.netty.handler.ssl.* java.rmi.ConnectException
        io.netty.channel.unix.Errors$NativeIoException com.rabbitmq.client.*
        org.apache.zookeeper.KeeperException$ConnectionLossException jakarta.mail.* javax.mail.*
        com.jcraft.jsch.* org.springframework.amqp.* org.springframework.jms.* javax.jms.* jakarta.jms.*
        org.apache.activemq.*
        """,
        severity="high",
    ),
    rule(
        "network",
        0.88,
        "a connection broke",
        types="""
        java.net.SocketException java.nio.channels.ClosedChannelException
        org.apache.catalina.connector.ClientAbortException org.apache.http.NoHttpResponseException
        org.apache.http.ConnectionClosedException okhttp3.internal.http2.StreamResetException
        okhttp3.internal.http2.ConnectionShutdownException org.eclipse.jetty.io.EofException
        java.nio.channels.AsynchronousCloseException reactor.netty.http.client.PrematureCloseException
        org.apache.kafka.common.errors.DisconnectException org.apache.kafka.common.errors.NetworkException
        io.vertx.core.http.HttpClosedException org.apache.hc.core5.http.NoHttpResponseException
        org.apache.hc.core5.http.ConnectionClosedException
        org.springframework.web.context.request.async.AsyncRequestNotUsableException
        org.apache.http.TruncatedChunkException
        """,
        severity="medium",
    ),
    rule("network", 0.6, "a stream ended early", types="java.io.EOFException", severity="medium"),
    rule(
        "network",
        0.55,
        "an HTTP call failed",
        types="org.springframework.web.client.ResourceAccessException java.net.http.*",
        severity="medium",
    ),
    rule(
        "filesystem",
        0.92,
        "the file system said no",
        types="""
        java.io.FileNotFoundException java.nio.file.* java.util.zip.ZipException java.util.zip.* java.util.jar.*
        org.apache.commons.io.FileExistsException kotlin.io.NoSuchFileException
        """,
    ),
    rule(
        "configuration",
        0.8,
        "a resource of the class path is missing",
        types="""
        java.security.spec.* javax.crypto.* java.util.MissingResourceException java.security.KeyStoreException
        java.security.UnrecoverableKeyException java.net.MalformedURLException
        java.security.NoSuchAlgorithmException java.security.InvalidKeyException
        """,
    ),
    rule(
        "serialization",
        0.92,
        "text or bytes that cannot be decoded",
        types="""
        java.lang.NumberFormatException java.time.* java.text.ParseException java.util.zip.DataFormatException
        java.nio.charset.* com.fasterxml.jackson.* com.google.gson.* org.json.* org.xml.sax.* javax.xml.*
        jakarta.xml.* com.google.protobuf.* java.io.InvalidClassException java.io.NotSerializableException
        java.io.StreamCorruptedException java.io.OptionalDataException org.yaml.snakeyaml.* com.squareup.moshi.*
        kotlinx.serialization.* io.circe.* play.api.libs.json.* org.springframework.http.converter.*
        org.apache.avro.* com.esotericsoftware.kryo.* org.apache.kafka.common.errors.SerializationException
        org.apache.kafka.common.errors.RecordDeserializationException org.springframework.core.codec.*
        org.apache.thrift.* java.io.UnsupportedEncodingException org.dom4j.* nu.xom.*
        java.util.IllegalFormatException com.opencsv.* tools.jackson.* com.alibaba.fastjson.*
        org.springframework.messaging.converter.* com.thoughtworks.xstream.*
        com.typesafe.config.ConfigException$Parse feign.codec.* org.apache.commons.csv.* com.univocity.*
        org.supercsv.* org.jsoup.* com.jayway.jsonpath.* net.sf.json.* org.tomlj.* org.bson.* org.msgpack.*
        com.dslplatform.* org.apache.commons.codec.* org.joda.time.* io.protostuff.* scala.xml.* spray.json.*
        upickle.* zio.json.* org.apache.poi.* jakarta.json.* javax.json.* java.io.UTFDataFormatException
        java.io.WriteAbortedException
        """,
        firm=True,
    ),
)

_LIBRARIES = (
    rule(
        "configuration",
        0.9,
        "the application cannot be put together from its settings",
        types="""
        org.springframework.beans.factory.NoSuchBeanDefinitionException
        org.springframework.beans.factory.NoUniqueBeanDefinitionException com.typesafe.config.*
        org.springframework.boot.context.properties.* org.springframework.boot.context.config.*
        org.springframework.util.PlaceholderResolutionException io.smallrye.config.*
        io.micronaut.context.exceptions.*
        org.springframework.beans.factory.support.BeanDefinitionOverrideException com.google.inject.* org.koin.*
        org.springframework.beans.factory.BeanNotOfRequiredTypeException
        org.apache.kafka.common.config.ConfigException org.springframework.boot.diagnostics.* dagger.*
        com.google.inject.ConfigurationException
        org.springframework.beans.factory.BeanCurrentlyInCreationException
        org.apache.logging.log4j.core.config.* javax.naming.NoInitialContextException
        javax.naming.NameNotFoundException org.eclipse.microprofile.config.*
        org.springframework.beans.factory.BeanDefinitionStoreException
        """,
        severity="critical",
    ),
    rule(
        "configuration",
        0.6,
        "a component of the application could not be made",
        types="""
        org.springframework.beans.* org.springframework.context.ApplicationContextException
        org.springframework.boot.web.server.WebServerException
        """,
        severity="critical",
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        types="""
        org.springframework.web.bind.* jakarta.validation.* javax.validation.* org.hibernate.validator.*
        org.springframework.validation.* org.springframework.web.method.annotation.*
        org.springframework.web.servlet.* org.springframework.web.HttpRequestMethodNotSupportedException
        org.springframework.web.HttpMediaTypeNotSupportedException
        org.springframework.web.multipart.MaxUploadSizeExceededException org.everit.json.schema.*
        org.springframework.web.HttpMediaTypeNotAcceptableException
        org.springframework.web.server.ServerWebInputException
        org.springframework.web.method.annotation.MethodArgumentTypeMismatchException
        jakarta.ws.rs.NotFoundException javax.ws.rs.BadRequestException jakarta.ws.rs.BadRequestException
        javax.ws.rs.NotFoundException org.apache.kafka.common.errors.RecordTooLargeException
        org.apache.kafka.common.errors.InvalidTopicException jakarta.ws.rs.NotAllowedException
        org.springframework.security.web.firewall.RequestRejectedException picocli.* org.apache.commons.cli.*
        com.beust.jcommander.* com.networknt.* graphql.* java.net.URISyntaxException com.github.fge.*
        com.stripe.exception.CardException am.ik.yavi.* com.google.i18n.phonenumbers.* joptsimple.*
        """,
        severity="low",
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        types="""
        jakarta.validation.ConstraintViolationException javax.validation.ConstraintViolationException
        """,
        severity="low",
        firm=True,
    ),
    rule(
        "authentication",
        0.93,
        "credentials were refused",
        types="""
        org.springframework.security.authentication.* org.springframework.security.core.AuthenticationException
        org.springframework.security.core.userdetails.* javax.naming.AuthenticationException org.ietf.jgss.*
        org.springframework.security.oauth2.* javax.security.auth.login.* com.auth0.jwt.exceptions.*
        com.nimbusds.* org.apache.kafka.common.errors.SaslAuthenticationException
        org.apache.kafka.common.errors.SslAuthenticationException
        org.apache.kafka.common.errors.AuthenticationException jakarta.mail.AuthenticationFailedException
        javax.mail.AuthenticationFailedException com.rabbitmq.client.AuthenticationFailureException
        org.springframework.mail.MailAuthenticationException org.springframework.ldap.AuthenticationException
        org.keycloak.* com.jcraft.jsch.JSchAuthCancelException org.apache.shiro.authc.*
        com.microsoft.aad.msal4j.* org.springframework.security.web.authentication.*
        jakarta.ws.rs.NotAuthorizedException org.apache.hadoop.security.authentication.* com.google.auth.*
        """,
        severity="high",
    ),
    rule(
        "authentication",
        0.93,
        "a caller's token or password is wrong",
        types="""
        io.jsonwebtoken.* com.auth0.jwt.* org.springframework.security.authentication.BadCredentialsException
        com.auth0.jwt.exceptions.TokenExpiredException
        org.springframework.security.authentication.InsufficientAuthenticationException
        org.springframework.security.oauth2.jwt.JwtValidationException
        org.springframework.security.oauth2.server.resource.InvalidBearerTokenException
        """,
        severity="medium",
    ),
    rule(
        "authorization",
        0.93,
        "the caller may not do this",
        types="""
        org.springframework.security.access.* org.springframework.security.authorization.*
        java.security.AccessControlException java.lang.SecurityException org.apache.shiro.authz.*
        org.apache.hadoop.security.AccessControlException jakarta.ws.rs.ForbiddenException
        org.springframework.security.web.csrf.* org.apache.kafka.common.errors.AuthorizationException
        """,
        severity="medium",
    ),
    rule(
        "authorization",
        0.94,
        "a topic, group or cluster may not be used",
        types="""
        org.apache.kafka.common.errors.TopicAuthorizationException
        org.apache.kafka.common.errors.GroupAuthorizationException
        org.apache.kafka.common.errors.ClusterAuthorizationException
        org.apache.kafka.common.errors.TransactionalIdAuthorizationException
        """,
        severity="high",
    ),
    rule(
        "dependency",
        0.7,
        "a message broker failed",
        types="org.apache.kafka.* org.apache.pulsar.* io.nats.* org.apache.zookeeper.*",
    ),
    rule(
        "dependency",
        0.6,
        "another service answered with an error",
        types="""
        org.apache.http.client.HttpResponseException org.apache.hc.client5.http.HttpResponseException
        org.springframework.web.client.* org.springframework.web.reactive.function.client.* feign.* retrofit2.*
        io.github.resilience4j.* com.stripe.* com.netflix.hystrix.* io.ktor.client.* org.springframework.ws.*
        javax.xml.ws.* org.apache.cxf.* org.springframework.cloud.*
        """,
    ),
    rule(
        "dependency",
        0.85,
        "a circuit breaker is open",
        types="""
        io.github.resilience4j.circuitbreaker.* com.netflix.hystrix.exception.HystrixRuntimeException
        """,
    ),
    rule(
        "rate_limit",
        0.9,
        "a limiter refused the call",
        types="""
        io.github.resilience4j.ratelimiter.* io.github.resilience4j.bulkhead.* io.github.bucket4j.*
        """,
    ),
    rule(
        "programming_error",
        0.85,
        "wrong use of a framework in the code",
        types="""
        org.thymeleaf.* freemarker.* org.springframework.expression.* android.content.ActivityNotFoundException
        android.view.InflateException org.mockito.* org.springframework.aop.* org.mapstruct.* groovy.lang.*
        ognl.* org.apache.velocity.* java.util.regex.* com.github.mustachejava.* io.pebbletemplates.*
        com.samskivert.mustache.* com.github.jknack.* javassist.* net.bytebuddy.*
        java.util.IllegalFormatException android.content.res.Resources$NotFoundException
        java.lang.reflect.MalformedParametersException
        """,
        severity="medium",
    ),
    rule(
        "infrastructure",
        0.85,
        "a cluster failed",
        types="io.fabric8.* io.kubernetes.* com.github.dockerjava.* org.testcontainers.*",
    ),
    rule(
        "configuration",
        0.93,
        "a placeholder has no value",
        phrases=[
            r"could not resolve placeholder|circular placeholder|no configuration setting found",
            r"required (config )?property",
        ],
        severity="critical",
    ),
    rule(
        "configuration",
        0.9,
        "an application cannot be wired",
        phrases=[
            r"no qualifying bean of type|required a bean of type|(circular|cyclic) dependency",
            r"circular reference.{0,40}bean|beans? .{0,60}cycle|no active profile",
            r"failed to bind properties",
        ],
        severity="critical",
    ),
    rule(
        "configuration",
        0.9,
        "a key store is wrong",
        phrases=[
            r"keystore (was tampered with|password was incorrect)|trustAnchors parameter must be non-empty",
            r"unrecognized keystore|keystore .{0,60}not found",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.95,
        "the JVM ran out of memory or threads",
        phrases=[
            r"java heap space|gc overhead limit|metaspace|unable to create (new )?native thread",
            r"requested array size exceeds|direct buffer memory|PermGen",
        ],
        severity="critical",
    ),
)

TABLE = table(
    *_JDK,
    *_LIBRARIES,
    rule(
        "configuration",
        0.8,
        "the application cannot be put together",
        phrases=[r"failed to load applicationcontext|unresolvable circular reference|requested bean is currently in"],
        severity="critical",
    ),
    rule(
        "configuration",
        0.97,
        "components that need each other",
        types="org.springframework.beans.factory.BeanCurrentlyInCreationException",
        phrases=[r"circular reference|currently in creation"],
        severity="critical",
    ),
    rule("programming_error", 0.7, "a stream was used after it was closed", phrases=[r"^stream (is )?closed$"]),
    rule("filesystem", 0.95, "a path may not be used", types="java.nio.file.AccessDeniedException"),
    rule(
        "dependency",
        0.97,
        "a program could not be started",
        types="java.io.IOException",
        phrases=[r"cannot run program"],
        severity="high",
    ),
    rule(
        "serialization",
        0.95,
        "text that cannot be deciphered, or bytes that are damaged",
        types="""
        javax.crypto.BadPaddingException javax.crypto.AEADBadTagException javax.crypto.IllegalBlockSizeException
        java.util.zip.DataFormatException
        """,
    ),
    rule(
        "serialization",
        0.93,
        "damaged compressed data",
        types="java.util.zip.ZipException",
        phrases=[
            r"\bcrc\b|invalid (block|stored|distance|literal|code|bit|entry)|oversubscribed|not in gzip|bad header"
        ],
    ),
    rule(
        "authentication",
        0.97,
        "credentials were refused",
        types="javax.jms.JMSSecurityException jakarta.jms.JMSSecurityException",
        severity="high",
    ),
    rule(
        "concurrency",
        0.9,
        "two got into each other's way",
        types="""
        org.apache.kafka.common.errors.WakeupException org.apache.kafka.common.errors.ProducerFencedException
        org.apache.kafka.common.errors.ConcurrentTransactionsException
        io.github.resilience4j.bulkhead.BulkheadFullException java.util.concurrent.BrokenBarrierException
        akka.stream.BufferOverflowException org.apache.kafka.common.errors.RebalanceInProgressException
        """,
    ),
    rule(
        "timeout",
        0.8,
        "the group moved on without a slow consumer",
        types="org.apache.kafka.clients.consumer.CommitFailedException",
    ),
    rule(
        "configuration",
        0.6,
        "a client could not be put together",
        phrases=[r"failed to (construct|create) (kafka )?(consumer|producer|client|admin)|will never fire"],
        severity="high",
    ),
    rule(
        "filesystem",
        0.95,
        "a template is not there",
        types="""
        freemarker.template.TemplateNotFoundException org.apache.velocity.exception.ResourceNotFoundException
        com.github.mustachejava.MustacheNotFoundException io.pebbletemplates.pebble.error.LoaderException
        """,
    ),
    rule(
        "filesystem",
        0.97,
        "a template is not there",
        types="org.thymeleaf.exceptions.TemplateInputException",
        phrases=[r"template might not exist|error resolving template"],
    ),
    rule(
        "database",
        0.85,
        "a query engine refused or lost the query",
        types="""
        org.apache.spark.sql.AnalysisException org.apache.spark.sql.catalyst.* org.apache.hive.* io.trino.*
        com.facebook.presto.* org.apache.calcite.* org.apache.iceberg.exceptions.* org.apache.flink.table.*
        org.apache.jackrabbit.oak.api.CommitFailedException javax.jcr.*
        """,
    ),
    rule(
        "programming_error",
        0.85,
        "wrong use of Android",
        types="""
        android.view.WindowManager.BadTokenException android.app.Fragment.* androidx.fragment.app.*
        android.content.ActivityNotFoundException android.app.ForegroundServiceStartNotAllowedException
        android.app.RemoteServiceException android.util.AndroidRuntimeException android.view.InflateException
        android.content.res.Resources.NotFoundException java.lang.InstantiationException
        android.app.BackgroundServiceStartNotAllowedException android.os.BadParcelableException
        android.app.IntentReceiverLeaked android.app.ServiceConnectionLeaked
        """,
    ),
    rule(
        "resource_exhaustion",
        0.85,
        "more than the transport can carry",
        types="android.os.TransactionTooLargeException",
        severity="medium",
    ),
    rule("infrastructure", 0.7, "the process on the other side died", types="android.os.DeadObjectException"),
    rule("programming_error", 0.4, "an initialiser failed", types="java.lang.ExceptionInInitializerError"),
    rule("dependency", 0.95, "another service answered with an error", types="org.jsoup.HttpStatusException"),
    rule(
        "programming_error",
        0.93,
        "a buffer used beyond its end",
        types="java.nio.BufferOverflowException java.nio.BufferUnderflowException java.nio.ReadOnlyBufferException",
    ),
    rule(
        "validation",
        0.95,
        "input breaks a rule",
        types="""
        java.nio.file.InvalidPathException javax.mail.internet.AddressException
        jakarta.mail.internet.AddressException java.time.zone.ZoneRulesException
        org.joda.time.IllegalInstantException
        """,
        severity="low",
        firm=True,
    ),
    rule("network", 0.6, "mail could not be handed over", types="org.apache.commons.mail.EmailException"),
    rule(
        "authentication",
        0.97,
        "a login was refused",
        types="""
        org.apache.sshd.common.SshException com.jcraft.jsch.JSchException
        net.schmizz.sshj.userauth.UserAuthException
        """,
        phrases=[r"auth( |entication)|userauth"],
        severity="high",
    ),
    languages="jvm",
    wrappers="""
    Throwable Exception RuntimeException Error ExecutionException CompletionException
    UndeclaredThrowableException InvocationTargetException UncheckedIOException PrivilegedActionException
    UncheckedExecutionException ServletException java.io.IOException NestedServletException
    java.lang.ExceptionInInitializerError HandlerDispatchFailedException clojure.lang.ExceptionInfo
    KafkaException ListenerExecutionFailedException MessageHandlingException MessagingException
    ReactiveException CompositeException ResponseStatusException org.springframework.kafka.KafkaException
    org.apache.kafka.common.KafkaException HystrixRuntimeException MessageDeliveryException org.apache.camel.*
    """,
)
