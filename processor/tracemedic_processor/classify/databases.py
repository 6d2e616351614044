"""Databases, caches and search engines: their drivers, pools and mappers in every language, and how servers speak."""

from tracemedic_processor.classify.rule import rule, table

_DRIVERS = (
    rule(
        "database",
        0.95,
        "an error of a Python database driver or mapper",
        types="""
        psycopg.* psycopg2.* psycopg_pool.* asyncpg.* sqlalchemy.* sqlite3.* aiosqlite.* pymysql.* MySQLdb.*
        mysql.* aiomysql.* pymongo.* motor.* mongoengine.* redis.* aioredis.* django.db.* peewee.* tortoise.*
        cassandra.* elasticsearch.* opensearchpy.* elastic_transport.* oracledb.* cx_Oracle.* pyodbc.*
        clickhouse_driver.* clickhouse_connect.* duckdb.* neo4j.* influxdb_client.* alembic.* snowflake.*
        trino.* pymssql.* pinecone.* qdrant_client.* chromadb.* weaviate.* pymilvus.* google.cloud.spanner.*
        lmdb.* _duckdb.* psycopg_binary.* pgvector.* ibis.* databricks.* rethinkdb.* pyarango.* memcache.*
        pymemcache.* couchbase.* arango.*
        """,
    ),
    rule(
        "database",
        0.95,
        "an error of a Java database driver or mapper",
        types="""
        java.sql.* javax.sql.* org.postgresql.* com.mysql.* org.mariadb.* oracle.jdbc.*
        com.microsoft.sqlserver.* org.hibernate.* org.springframework.dao.* org.springframework.jdbc.*
        org.springframework.orm.* jakarta.persistence.* javax.persistence.* com.zaxxer.hikari.* com.mongodb.*
        org.springframework.data.* redis.clients.jedis.* io.lettuce.* org.redisson.* org.jooq.*
        org.apache.ibatis.* org.mybatis.* org.flywaydb.* liquibase.* com.datastax.* org.h2.* org.elasticsearch.*
        co.elastic.* org.opensearch.* io.r2dbc.* org.neo4j.* org.apache.commons.dbcp2.*
        org.springframework.transaction.CannotCreateTransactionException com.clickhouse.* net.spy.memcached.*
        slick.* org.springframework.transaction.* org.apache.hadoop.hbase.* org.jetbrains.exposed.*
        android.database.* org.eclipse.persistence.* org.apache.solr.* com.couchbase.* com.mchange.v2.*
        org.sqlite.*
        """,
    ),
    rule(
        "database",
        0.95,
        "an error of a JavaScript database driver or mapper",
        types="""
        MongoError MongoServerError MongoNetworkError MongoServerSelectionError MongoNetworkTimeoutError
        MongoBulkWriteError MongoTimeoutError MongooseError MongooseServerSelectionError Sequelize* Prisma*
        QueryFailedError TypeORMError ConnectionIsNotSetError DriverPackageNotInstalledError EntityNotFoundError
        EntityMetadataNotFoundError SqliteError KnexTimeoutError PostgresError DatabaseError ReplyError
        ClusterAllFailedError MaxRetriesPerRequestError ParallelSaveError VersionError DocumentNotFoundError
        OverwriteModelError MissingSchemaError DrizzleQueryError NotNullConstraintViolationException
        UniqueConstraintViolationException ForeignKeyConstraintViolationException TableNotFoundException ER_*
        SQLITE_* ERR_SQLITE_* PROTOCOL_* P10* P20* P30* ELOGIN EREQUEST NR_CLOSED UNCERTAIN_STATE
        CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED CONNECT_TIMEOUT ClientClosedError
        ClientOfflineError SocketClosedUnexpectedlyError Mongo* Mongoose* TypeORM* Knex* Redis* Neo4jError
        LibsqlError ESOCKET NoLivingConnectionsError CannotCreateEntityIdMapError MongoParseError
        MongoExpiredSessionError MongoCursorExhaustedError MongoWriteConcernError MongoTopologyClosedError
        MongoNotConnectedError
        """,
    ),
    rule(
        "database",
        0.95,
        "an error of a .NET database driver or mapper",
        types="""
        Npgsql.* Microsoft.EntityFrameworkCore.* System.Data.SqlClient.* Microsoft.Data.SqlClient.*
        System.Data.* Microsoft.Data.Sqlite.* MySql.Data.* MySqlConnector.* MongoDB.Driver.*
        StackExchange.Redis.* Oracle.ManagedDataAccess.* Microsoft.Azure.Cosmos.* Dapper.* NHibernate.*
        Elasticsearch.Net.* Elastic.Clients.* System.Data.Common.DbException Cassandra.* Raven.Client.* LiteDB.*
        Marten.*
        """,
    ),
    rule(
        "database",
        0.95,
        "an error of a Ruby or PHP database driver or mapper",
        types="""
        ActiveRecord.* PG.* Mysql2.* SQLite3.* Mongo.* Mongoid.* Redis.* RedisClient.* Sequel.* TinyTds.*
        Dalli.* ROM.* PDOException mysqli_sql_exception Doctrine.* Illuminate\\Database.* Predis.*
        RedisException MongoDB.* Elasticsearch.* Elastic.* RedisClusterException yii\\db.* Cake\\Database.*
        Propel.* Cycle\\Database.* CodeIgniter\\Database.* wpdb
        """,
    ),
    rule(
        "database",
        0.95,
        "an error of a Go, Rust or Elixir database driver or mapper",
        types="""
        pq.Error pgconn.* pgx.* pgproto3.* mysql.MySQLError mongo.* topology.* driver.Error sqlite3.Error gorm.*
        ent.* bolt.* bbolt.* badger.* sqlite.* sqlite3.* pebble.* neo4j.* elastic.* influxdb2.* redis.Error
        proto.RedisError gocql.* clickhouse.* sqlx.* sqlx_core.* diesel.* tokio_postgres.* postgres.* rusqlite.*
        redis.* mongodb.* sea_orm.* deadpool.* bb8.* r2d2.* sled.* DBConnection.* Postgrex.* Ecto.* MyXQL.*
        Redix.* Exqlite.* Mongo.* mnesia Xandra.* deadpool_postgres.* libsql.* surrealdb.*
        """,
    ),
    rule(
        "database",
        0.9,
        "an error of a mobile or native database",
        types="""
        DatabaseException SqfliteDatabaseException SQLite* SQLiteException NSSQLiteErrorDomain pqxx.*
        sql.SQLException mysqlx.* mongocxx.* GRDB.* RealmError PostgresNIO.* HiveError DriftWrappedException
        FMDB
        """,
    ),
    rule(
        "database",
        0.97,
        "a state code of the SQL standard",
        types="""
        08000 08001 08003 08004 08006 08P01 21000 22000 22001 22003 22004 22007 22008 22012 22023 22026 22P02
        22P03 22P04 22P05 23000 23001 23502 23503 23505 23514 23P01 24000 25001 25006 25P01 25P02 28000 28P01
        2BP01 34000 3D000 3F000 40001 40003 40P01 42000 42501 42601 42602 42622 42701 42702 42703 42704 42710
        42712 42723 42725 42803 42804 42809 42883 42939 42P01 42P02 42P03 42P04 42P05 42P06 42P07 42P10 42P16
        42P18 53000 53100 53200 53300 53400 54000 54001 55000 55006 55P03 57000 57014 57P01 57P02 57P03 58000
        58P01 P0001 P0002 XX000 XX001 42S02 42S22 HY000 11000 11001 1040 1045 1049 1054 1062 1064 1146 1205 1213
        1406 1451 1452 2002 2003 2006 2013
        """,
        firm=True,
    ),
    rule(
        "database",
        0.6,
        "a driver's general name for its errors",
        types="""
        OperationalError IntegrityError ProgrammingError DataError InterfaceError SqlException SQLException
        """,
    ),
    rule(
        "database",
        0.5,
        "the span is a call of a database",
        attributes="db.system db.system.name db.statement db.query.text",
    ),
    rule(
        "database",
        0.45,
        "a database driver failed",
        modules="""
        psycopg psycopg2 psycopg_pool psycopg_binary asyncpg sqlalchemy sqlite3 aiosqlite pymysql MySQLdb
        mysql.connector aiomysql pymongo motor redis aioredis django.db peewee tortoise cassandra elasticsearch
        opensearchpy oracledb cx_Oracle pyodbc clickhouse_driver clickhouse_connect neo4j org.postgresql
        com.mysql org.mariadb oracle.jdbc com.microsoft.sqlserver org.hibernate com.zaxxer.hikari com.mongodb
        redis.clients io.lettuce org.jooq org.h2 org.apache.ibatis org.elasticsearch io.r2dbc pg pg-pool
        pg-protocol mysql mysql2 mongodb mongoose sequelize typeorm knex ioredis @prisma/client @redis/client
        tedious better-sqlite3 postgres github.com/jackc/pgx github.com/lib/pq github.com/go-sql-driver/mysql
        go.mongodb.org gorm.io github.com/redis github.com/go-redis database/sql github.com/mattn/go-sqlite3
        github.com/gocql github.com/ClickHouse Npgsql Microsoft.EntityFrameworkCore Microsoft.Data.SqlClient
        System.Data.SqlClient MySqlConnector MongoDB.Driver StackExchange.Redis active_record activerecord
        redis-client mongo sequel Illuminate.Database Doctrine.DBAL Doctrine.ORM PDO Predis sqlx_core sqlx
        diesel tokio_postgres rusqlite sea_orm DBConnection Postgrex Ecto MyXQL Redix
        """,
    ),
)

_PORTS = "(5432|5433|6432|26257|3306|33060|27017|27018|6379|26379|1433|1521|9042|9200|11211|7687)"
"""Where PostgreSQL, PgBouncer, CockroachDB, MySQL, MongoDB, Redis, SQL Server, Oracle, Cassandra, Elasticsearch,
memcached and Neo4j listen."""

_SERVERS = (
    rule(
        "database",
        0.94,
        "the database has no connection to give",
        phrases=[
            r"too many (clients|connections)",
            r"remaining connection slots are reserved",
            (
                r"(connection|hikari|queue) ?pool[^(]{0,60}(exhausted|timed out|timeout|overflow|limit|not available|no"
                r" available)"
            ),
            r"connection is not available, request timed out",
            r"(queuepool|pool) limit of size|couldn'?t get a connection after|could not obtain a connection",
            (
                r"timeout (acquiring|expired\.  ?the timeout period|trying to (acquire|connect)"
                r"|exceeded when trying to connect)"
            ),
            r"pool timed out|unable to acquire (jdbc )?connection|cannot (get|acquire) a? ?(jdbc )?connection",
            r"max_user_connections|maximum number of (connections|clients)|max number of clients reached",
            r"timeout acquiring a connection|getting a connection from the pool|cannot acquire connection from",
            r"timed out fetching a new connection|resourcerequest timed out|dropped from queue after",
            (
                r"(could not|unable to|cannot) (get|obtain|acquire|borrow|fetch) .{0,30}connection from (the )?(data"
                r" ?source|pool)"
            ),
        ],
        severity="high",
    ),
    rule(
        "database",
        0.95,
        "the database refused a login",
        phrases=[
            r"(password|peer|ident|gssapi|ldap|scram) authentication failed for user",
            r"access denied for user '",
            r"no pg_hba\.conf entry",
            r"login failed for user",
            r"(role|database|user) \"[^\"]*\" does not exist",
            r"unknown database|cannot open database",
            r"NOAUTH authentication required|WRONGPASS|NOPERM this user",
            r"ORA-0?(1017|28000|28001)",
            r"scram.*(server-first|client password)|authentication required.{0,20}(mongo|redis)",
            r"command \w+ requires authentication|bad auth : authentication failed|(28P01|28000)",
            r"requires SSL|server does not support SSL",
        ],
        severity="high",
    ),
    rule(
        "database",
        0.93,
        "the database is not there or not ready",
        phrases=[
            r"is the server running (on|locally)",
            r"could not connect to server",
            r"connection to server at",
            r"server closed the connection unexpectedly",
            r"the database system is (starting up|shutting down|in recovery)",
            r"terminating connection due to",
            r"(mysql|mariadb) server has gone away|lost connection to (mysql|server during)",
            r"can't connect to (local )?(mysql|mariadb)|communications link failure",
            r"no (replica set )?(primary|suitable servers?)|server selection (timed out|timeout)",
            r"current topology|topology was destroyed",
            r"connection (to|with) (the )?(redis|mongo|postgres|database|mysql|oracle|cassandra|elasticsearch)",
            r"error \d+ connecting to .*:\d|redis (is|connection|server)|MASTERDOWN|CLUSTERDOWN|LOADING redis",
            r"(unable|failed) to connect to (the )?(redis|mongo|postgres|database|mysql)",
            r"can't reach database server|connection terminated (unexpectedly|due to)|no living connections",
            r"a network-related or instance-specific error",
            r"ORA-(0?12\d\d\d|03113|03114|01034|01033)|TNS:",
            r"all host\(s\) tried for query failed|NoHostAvailable|buffering timed out after",
            r"this connection has been closed|connection has been closed|connection (was )?already closed",
            r"driver: bad connection|establishing a database connection",
            r"reached the max retries per request limit|stream isn't writeable",
            r"(could not open|unable to open) (jdbc|database|database file)|failed to initialize pool",
        ],
        severity="high",
    ),
    rule(
        "database",
        0.97,
        "a connection to a port where databases listen",
        phrases=[
            rf"(refused|reset|time-?d? ?out|unreachable|no route|dial tcp|connect|resolve)\b.{{0,120}}:{_PORTS}\b",
            rf":{_PORTS}\b.{{0,120}}(refused|reset|timed? ?out|unreachable|no route|failed|closed)",
            rf"connect[^\n]{{0,80}}port:? {_PORTS}\b",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "database",
        0.95,
        "the database broke up a transaction",
        phrases=[
            r"deadlock (detected|found)|deadlock victim|was deadlocked on|ORA-0?0060",
            r"lock wait timeout|could not obtain lock|lock request time ?out|database( table)? is locked|ORA-0?0054",
            r"could not serialize access|write conflict|snapshot isolation|40001|40P01|55P03",
            r"current transaction is aborted|restart transaction|WriteConflict",
            r"canceling statement due to|statement timeout|query_canceled|57014|maximum statement execution time",
            r"stale ?object ?state|row was updated or deleted by another transaction|optimistic lock",
            r"can't reconnect until invalid transaction|session('s)? transaction has been rolled back",
            r"execution timeout expired|query execution was interrupted|query (read )?timeout",
        ],
        severity="medium",
    ),
    rule(
        "database",
        0.95,
        "a constraint of the database was broken",
        phrases=[
            r"(unique|foreign key|not[ -]null|check|primary key|exclusion) constraint",
            r"duplicate entry|duplicate key (value|error|in|violat)",
            r"duplicated key not allowed|E11000|ORA-0?(0001|2291|2292|1400)",
            r"null value in column|cannot be null$|(23505|23503|23502|23514)|violates .{0,30}constraint \"",
            r"cannot insert (the value )?null|integrity constraint|column '[^']*' cannot be null",
            r"value too long for (type|column)|data too long for column|out of range for (type|column)",
            r"string or binary data would be",
            r"numeric field overflow|(22001|22003|22P02)",
        ],
        severity="medium",
    ),
    rule(
        "database",
        0.95,
        "a query the database cannot run",
        phrases=[
            (
                r"(relation|column|table|type|schema|function|index|sequence) [\"'`][^\"'`]*[\"'`].{0,40} (does not"
                r" exist|doesn't exist|not found)"
            ),
            r"(column|function|operator) [\w.]+.{0,60} does not exist$",
            r"no such (table|column|index \[)|unknown column|invalid (object|column) name|undefined (table|column)",
            r"\btable .{0,80} (doesn't exist|already exists|not found)|ORA-0?0(942|904|933|936)",
            r"syntax error (at or near|in sql)|error in your sql syntax|near \"[^\"]*\": syntax error",
            r"incorrect syntax near",
            r"SQLSTATE|(42P01|42703|42601|42S02)|SQL error|bad SQL grammar|SQLITE_|SQLITE_ERROR",
            r"invalid input syntax for",
            r"permission denied for (table|relation|schema|database|sequence|function|view)",
            r"could not execute (statement|query)|unable to execute query|jdbc exception|failed query:",
            r"WRONGTYPE operation|CROSSSLOT|MOVED \d|ERR (unknown command|wrong number)|READONLY you can't write",
            r"BUSYGROUP|NOSCRIPT|\b(table|column) (with name )?[\w.]+ (does not exist|not found)",
            r"no rows returned by a query|transaction has already been",
            r"^(redis|redigo|sql|pgx|pq|mongo|gorm|sqlite3?): ",
            r"index_not_found_exception|search_phase_execution_exception|cluster_block_exception",
            r"mapper_parsing_exception",
            r"no rows in result set|record not found|query returned no rows|more than one row returned",
            r"incorrect number of bindings|there is already a? ?transaction|no transaction is in progress",
            r"lazily initialize|detached entity|not bound to a session|object has been deleted|transient instance",
            r"target database is not up to date|can't locate revision|migration .{0,60}(failed|checksum)",
            r"multiple head revisions",
            r"OOM command not allowed|MISCONF redis",
        ],
        severity="high",
    ),
    rule(
        "database",
        0.97,
        "nothing was found where a record was expected",
        types="""
        ActiveRecord.RecordNotFound sqlalchemy.exc.NoResultFound Doctrine.ORM.EntityNotFoundException
        Doctrine.ORM.NoResultException Ecto.NoResultsError EntityNotFoundError
        jakarta.persistence.EntityNotFoundException javax.persistence.NoResultException
        Illuminate.Database.Eloquent.ModelNotFoundException DoesNotExist ObjectDoesNotExist
        org.springframework.dao.EmptyResultDataAccessException
        """,
        severity="low",
    ),
    rule("database", 0.7, "a record is not there, says the type's name", types="*DoesNotExist", severity="low"),
    rule("database", 0.97, "no rows", phrases=[r"no rows in result set|^record not found$"], severity="low"),
    rule(
        "concurrency",
        0.97,
        "one database session or connection used by two at a time",
        phrases=[
            r"another operation is in progress|another command is already in progress",
            r"session is already flushing|concurrent operations are not permitted",
            r"objects created in a thread can only be used in that same thread",
            r"second operation (was )?started on this context",
            r"this session is (already )?(provisioning|in use)|method '\w+\(\)' can't be called here; method",
            r"there is already an open datareader|conn(ection)? (is )?busy",
            r"packet sequence number wrong|commands out of sync",
            r"can't save\(\) the same doc multiple times in parallel",
        ],
        firm=True,
        severity="medium",
    ),
    rule(
        "validation",
        0.93,
        "a record breaks a rule of its model",
        types="""
        ActiveRecord.RecordInvalid Ecto.InvalidChangesetError Mongoid.Errors.Validations
        Mongoose.ValidationError ActiveModel.ValidationError ActiveRecord.RecordNotSaved Ecto.CastError
        Ecto.Query.CastError
        """,
        severity="low",
        firm=True,
    ),
    rule(
        "validation",
        0.9,
        "a value that does not fit a model's field",
        types="CastError ValidationError",
        phrases=[r"^cast to \w+ failed for value|validation failed: \w+:"],
        severity="low",
        firm=True,
    ),
    rule(
        "configuration",
        0.97,
        "the mapper's settings are wrong",
        phrases=[
            r"unknown driver \"|failed to determine a suitable driver class|failed to configure a datasource",
            r"could not parse (sqlalchemy|rfc1738)|can't load plugin: sqlalchemy\.dialects",
            r"unable to determine dialect|invalid (dsn|connection string)|database url|no connection string named",
            r"environment variable not found: DATABASE|in connection info string",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "concurrency",
        0.9,
        "a lock that another holds",
        types="""
        redis.exceptions.LockError redis.exceptions.LockNotOwnedError redlock.*
        """,
        firm=True,
    ),
    rule(
        "database",
        0.9,
        "the client is closed or misused",
        phrases=[
            r"client (was closed|has already been connected|has encountered a connection error)|is not queryable",
            r"cannot be tracked because another instance|linq expression .{0,400}could not be translated",
            r"entity (type|set) '[^']{1,120}' (requires|was not found|is not)|no backing field|dbcontext",
        ],
        severity="medium",
    ),
    rule(
        "database",
        0.93,
        "the name of a database's host could not be resolved",
        phrases=[
            (
                r"(ENOTFOUND|EAI_AGAIN|resolve|lookup|known|host:?) ['\"]?(postgres(ql)?|mysql|mariadb|redis"
                r"|mongo(db)?|db|database|elasticsearch|cassandra)\b"
            ),
        ],
        severity="high",
    ),
    rule(
        "database",
        0.9,
        "DynamoDB does not know the table",
        types="ResourceNotFoundException",
        phrases=[r"requested resource not found|table: .{1,100} not found"],
    ),
)

TABLE = table(*_DRIVERS, *_SERVERS)
