module acme.com/shop

go 1.26

require (
	github.com/go-playground/validator/v10 v10.23.0
	github.com/go-sql-driver/mysql v1.8.1
	github.com/jackc/pgx/v5 v5.7.2
	github.com/lib/pq v1.10.9
	github.com/pkg/errors v0.9.1
	github.com/redis/go-redis/v9 v9.7.0
	google.golang.org/grpc v1.69.2
	gopkg.in/yaml.v3 v3.0.1
)
