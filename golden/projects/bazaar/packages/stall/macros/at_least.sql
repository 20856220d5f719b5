{% test at_least(model, other) %}select * from {{ model }} left join {{ other }} using (id){% endtest %}
