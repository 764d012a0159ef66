"""Exits with 0 when PostgreSQL and Redis answer at the addresses given as arguments."""

import sys

import psycopg
import redis


def main(database_url: str, redis_url: str) -> int:
    try:
        psycopg.connect(database_url, connect_timeout=30).close()
        redis.Redis.from_url(redis_url, socket_connect_timeout=30).ping()
    except (psycopg.OperationalError, redis.RedisError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
