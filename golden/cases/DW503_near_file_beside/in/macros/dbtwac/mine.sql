{# mine #}
