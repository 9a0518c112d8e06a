module azora.dev/tests/vectors

go 1.24

require github.com/cloudevents/sdk-go/sql/v2 v2.16.2
