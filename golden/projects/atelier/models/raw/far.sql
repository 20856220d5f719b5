{{ config(database='elsewhere', schema='far') }} select 1 as id
