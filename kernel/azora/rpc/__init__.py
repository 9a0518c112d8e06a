"""Calls and events over RabbitMQ, in stock Nameko's wire format. Only this package knows AMQP."""
